/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the command line to the verb: finds it, parses its options, runs it, and tells how it
 * ended. */
#ifndef CLI_DISPATCH_H
#define CLI_DISPATCH_H

/* Does what the command line says. The exit status. */
int dispatch_run(int argc, char **argv);

#endif

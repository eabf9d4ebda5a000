/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/verbs.h"

#include <string.h>

#include "cli/spelling.h"

enum { MANY = 1 << 30 };

const struct verb verbs[] = {
	{ "burn", VERB_BURN, cmd_burn, "xburncrypt [burn] -o OUTPUT [options] [--] SOURCE...",
		"Burns an encrypted disc, or makes an image, from files or a finished image.",
		.most = MANY },
	{ "append", VERB_APPEND, cmd_append, "xburncrypt append -o OUTPUT [options] [--] SOURCE...",
		"Adds a session to a disc or an image: what is new or changed.", .most = MANY },
	{ "drives", VERB_DRIVES, cmd_drives, "xburncrypt drives [-json]",
		"Lists the optical drives and the media they write.", .most = 0 },
	{ "info", VERB_INFO, cmd_info, "xburncrypt info [-json] [DEVICE|IMAGE]",
		"Describes a medium or an image, as far as possible without a key.", .most = 1 },
	{ "list", VERB_LIST, cmd_list, "xburncrypt list [-l] SOURCE [PATH...]",
		"Lists the files on a disc.", .least = 1, .most = MANY,
		.operands = "name a drive, a device or an image", .alias = "ls",
		.takes = { OPERAND_FILE, OPERAND_ON_DISC } },
	{ "cat", VERB_CAT, cmd_cat, "xburncrypt cat SOURCE PATH",
		"Writes a file from a disc to standard output.", .least = 2, .most = 2,
		.operands = "name a drive, a device or an image, and one file on it",
		.takes = { OPERAND_FILE, OPERAND_ON_DISC } },
	{ "extract", VERB_EXTRACT, cmd_extract, "xburncrypt extract [-to DIR] SOURCE [PATH...]",
		"Extracts files from a disc.", .least = 1, .most = MANY,
		.operands = "name a drive, a device or an image",
		.takes = { OPERAND_FILE, OPERAND_ON_DISC } },
	{ "verify", VERB_VERIFY, cmd_verify,
		"xburncrypt verify SOURCE [-against DIR|IMAGE | -no-key]",
		"Reads all of a disc and checks its files.", .least = 1, .most = 1,
		.operands = "name a drive, a device or an image" },
	{ "heal", VERB_HEAL, cmd_heal, "xburncrypt heal [-heal N%] (-o OUTPUT | -in-place) IMAGE",
		"Adds healing data to an image; with its key, proof of who made it.", .least = 1,
		.most = 1, .operands = "name an image" },
	{ "repair", VERB_REPAIR, cmd_repair, "xburncrypt repair -o OUTPUT [-state FILE] SOURCE",
		"Makes a whole image of a damaged disc that has healing data.", .least = 1,
		.most = 1, .operands = "name a drive, a device or an image" },
	{ "blank", VERB_BLANK, cmd_blank, "xburncrypt blank [-fast|-all] DEVICE",
		"Blanks a rewritable medium.", .least = 1, .most = 1,
		.operands = "name a drive, such as /dev/sr0" },
	{ "format", VERB_FORMAT, cmd_format, "xburncrypt format DEVICE",
		"Formats a medium (erases it).", .least = 1, .most = 1,
		.operands = "name a drive, such as /dev/sr0" },
	{ "decrypt", VERB_DECRYPT, cmd_decrypt, "xburncrypt decrypt -o OUTPUT [options] SOURCE",
		"Decrypts the whole payload of a disc or image, whatever it holds.", .least = 1,
		.most = 1, .operands = "name a drive, a device or an image" },
	{ "mount", VERB_MOUNT, cmd_mount, "xburncrypt mount [options] SOURCE DIR",
		"Mounts a disc or image on a directory, read-only, without root.", .least = 2,
		.most = 2, .operands = "name a drive, a device or an image, and a directory",
		.takes = { OPERAND_FILE, OPERAND_DIRECTORY } },
	{ "unmount", VERB_UNMOUNT, cmd_unmount, "xburncrypt unmount DIR",
		"Unmounts a disc that the mount command mounted.", .least = 1, .most = 1,
		.operands = "name a mounted directory", .alias = "umount",
		.takes = { OPERAND_DIRECTORY } },
	{ "keyfile", VERB_KEYFILE, cmd_keyfile, "xburncrypt keyfile [-v3|-bytes N] FILE",
		"Makes a file with a new random key.", .least = 1, .most = 1,
		.operands = "name the file to make" },
	{ "formats", VERB_FORMATS, cmd_formats, "xburncrypt formats",
		"Lists the on-disc formats and when to choose which.", .most = 0 },
	{ "help", VERB_HELP, cmd_help, "xburncrypt help [-all] [COMMAND]",
		"Shows what a command does, and its options.", .most = 1,
		.takes = { OPERAND_COMMAND } },
	{ "version", VERB_VERSION, cmd_version, "xburncrypt version",
		"Shows the versions of the program and its libraries.", .most = 0 },
	{ 0 },
};

const struct verb *verbs_find(const char *name)
{
	for (const struct verb *v = verbs; name && v->name; v++)
		if (strcmp(v->name, name) == 0 || (v->alias && strcmp(v->alias, name) == 0))
			return v;
	return NULL;
}

const struct verb *verbs_nearest(const char *word)
{
	for (const struct verb *v = verbs; v->name; v++)
		if (strlen(word) > 2 && spelling_distance(word, strlen(word), v->name) <= 2)
			return v;
	return NULL;
}

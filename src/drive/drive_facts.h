/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known about a drive and the medium in it, as of the last look. */
#ifndef DRIVE_DRIVE_FACTS_H
#define DRIVE_DRIVE_FACTS_H

#include <stdbool.h>
#include <stdint.h>

enum medium_state {
	MEDIUM_NONE,  /* no medium, or an open tray */
	MEDIUM_BLANK, /* ready for a first session; also what can be overwritten at will and holds
			 nothing */
	MEDIUM_APPENDABLE,   /* holds data, another session fits */
	MEDIUM_CLOSED,       /* holds data, takes nothing more */
	MEDIUM_OVERWRITABLE, /* DVD+RW, DVD-RAM, BD-RE, formatted DVD-RW: written anew from the
				start */
	MEDIUM_UNSUITABLE,   /* audio, unreadable, damaged, of a kind that can't be written */
};

struct drive_facts {
	bool is_burner;                         /* writes media of some kind */
	char vendor[9], model[17], revision[5]; /* INQUIRY (SPC-3, 6.4) */
	char path[256];
	char medium[80]; /* the profile's name, such as "DVD+R" (MMC-5, table 91) */
	int profile;     /* its number; 0: none */
	enum medium_state state;
	bool is_erasable;
	bool can_be_blanked;    /* holds something, and blank_medium makes it ready for a burn; also
				   one that an aborted burn left unreadable */
	bool may_hold_old;      /* overwritten in place: what its zeroed start hides can be read */
	bool can_simulate;      /* Test Write with this medium */
	uint64_t n_blocks_free; /* that a burn from the next writable address may use */
	uint64_t n_blocks_used; /* readable */
	uint64_t n_blocks_empty; /* what a burn could use if it were blank; 0: not known */
};

#endif

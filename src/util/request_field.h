/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The members of a request (job/request.h) that a failure (struct fail, field) or a message is
 * about: whoever asks knows what sets them. The rooms below name no option. */
#ifndef UTIL_REQUEST_FIELD_H
#define UTIL_REQUEST_FIELD_H

enum request_field {
	REQUEST_NONE,
	REQUEST_REPLACE,    /* output.replace */
	REQUEST_OVERWRITE,  /* output.overwrite_device */
	REQUEST_GROW,       /* the same, where a session is added to what is there */
	REQUEST_BYTES,      /* source.image_bytes */
	REQUEST_DUMMY,      /* session.dummy */
	REQUEST_BLANKS,     /* blanks */
	REQUEST_COMPARE,    /* compare */
	REQUEST_AS_FILE,    /* volume.as_file */
	REQUEST_HEADER,     /* volume.params.header_path */
	REQUEST_OUTPUT,     /* output.path */
	REQUEST_SOURCE,     /* source */
	REQUEST_ADDED,      /* the same, of a session */
	REQUEST_IMAGE,      /* source.image_path */
	REQUEST_GRAFT,      /* source.tree.grafts */
	REQUEST_PLACE,      /* the same, or source.tree.excludes: two of one name */
	REQUEST_EXCLUDE,    /* source.tree.excludes */
	REQUEST_LINKS,      /* source.tree.follow_links */
	REQUEST_UNREADABLE, /* source.tree.skip_unreadable */
	REQUEST_PRIVILEGED, /* source.tree.privileged */
	REQUEST_SUMS,       /* source.tree.sums */
	REQUEST_CLOSES,     /* closes, of an append_request */
	REQUEST_DIGESTS,    /* by_digest, of the same */
	REQUEST_SILENT,     /* takes_silent, of the same */
	REQUEST_SECRET,     /* volume.secret, volume.more_secrets */
	REQUEST_GUESS,      /* guess */
	REQUEST_FORMAT,     /* volume.format */
	REQUEST_CLEAR,      /* volume.format: none, which has to be said */
	REQUEST_PROOF,      /* heal, of a read_request: what is not proven may be read without */
	REQUEST_HEALING,    /* search, of a heal_request; heal.at, of a read_request */
	REQUEST_OLD,        /* the same: healing data of what was there before */
	REQUEST_ROOT_LOST,  /* path, of either: no record of its healing data has their root */
	REQUEST_HEAL,       /* heal */
	REQUEST_HEALED,     /* the same, of an image that has healing data */
	REQUEST_MEMORY,     /* heal.max_memory */
	REQUEST_DAMAGED,    /* path, of a read_request: what was healed while it is read */
	REQUEST_MAC,        /* volume, of a heal_request */
	REQUEST_SIGNATURE,  /* wish.signing_key_path, of the same */
	REQUEST_SPOOL,      /* heal.spool_dir */
};

#endif

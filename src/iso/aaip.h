/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Extended attributes and POSIX ACLs as they lie on a disc (libisofs: doc/susp_aaip_2_0.txt), and
 * as Linux has them: an ACL is the value of "system.posix_acl_access" or "system.posix_acl_default"
 * (linux/posix_acl_xattr.h). What is decoded comes from strangers. */
#ifndef ISO_AAIP_H
#define ISO_AAIP_H

#include <stddef.h>
#include <stdint.h>

#include "iso/arena.h"

#define AAIP_ACL_ACCESS "system.posix_acl_access"
#define AAIP_ACL_DEFAULT "system.posix_acl_default"

struct disc_attribute {
	const char *name; /* with its namespace: "user.x" */
	const uint8_t *value;
	size_t n_value;
};

enum { AAIP_ROOM = 24 };

enum aaip_result { AAIP_OK, AAIP_DAMAGED, AAIP_NO_MEMORY };

/* Decodes the component records of a file's AL fields, put together. What is found before damage is
 * returned too; all memory is the arena's, AAIP_ROOM * n bytes at most. What libisofs stores for
 * itself ("isofs.") is left out. */
enum aaip_result aaip_decode(const uint8_t *bytes, size_t n, struct arena *arena,
	struct disc_attribute **attributes, size_t *n_attributes);

/* Puts the entries of a Linux value into the order that aaip_decode uses. */
void aaip_sort_acl(uint8_t *value, size_t n);

/* Encodes the values of Linux's two attributes (n 0: there is none) as an AAIP ACL into out, which
 * has room for n_access + n_for_new bytes. The length; 0 if a value is not a known ACL. */
size_t aaip_encode_acl(uint8_t *out, const uint8_t *access, size_t n_access, const uint8_t *for_new,
	size_t n_for_new);

#endif

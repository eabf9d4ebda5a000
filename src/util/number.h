/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers in bytes, least (le) or most (be) significant first, at any alignment; ECMA-119 records
 * its own this way (7.2, 7.3). */
#ifndef UTIL_NUMBER_H
#define UTIL_NUMBER_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

#define NUMBER(order, bits)                                                                        \
	static inline uint##bits##_t number_##order##bits(const void *bytes)                       \
	{                                                                                          \
		uint##bits##_t n;                                                                  \
                                                                                                   \
		memcpy(&n, bytes, sizeof n);                                                       \
		return order##bits##toh(n);                                                        \
	}                                                                                          \
	static inline void number_put_##order##bits(void *bytes, uint##bits##_t n)                 \
	{                                                                                          \
		n = hto##order##bits(n);                                                           \
		memcpy(bytes, &n, sizeof n);                                                       \
	}
NUMBER(le, 16)
NUMBER(le, 32)
NUMBER(le, 64)
NUMBER(be, 16)
NUMBER(be, 32)
NUMBER(be, 64)
#undef NUMBER

#endif

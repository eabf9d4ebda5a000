/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dates and times as ECMA-119 and ECMA-167 record them. Pure bytes: they come from strangers. */
#ifndef ISO_DISC_TIME_H
#define ISO_DISC_TIME_H

#include <stdbool.h>
#include <stdint.h>

/* 7 bytes of a directory record (9.1.5), 17 of a volume descriptor (8.4.26.1): seconds from 1970
 * on, UTC. False where they are not a date. */
bool disc_time_short(const uint8_t bytes[7], int64_t *seconds);
bool disc_time_long(const uint8_t bytes[17], int64_t *seconds);

/* A timestamp of ECMA-167 (1/7.3), and the part of a second; 0 where it is not a date. Without a
 * time zone it is taken as UTC. */
void disc_time_udf(const uint8_t bytes[12], int64_t *seconds, uint32_t *ns);

/* The nearest time (seconds from 1970 on) that each form of ECMA-119 holds: the short one has years
 * from 1900 on, in one byte, the long one years of four digits. Rock Ridge has either. */
int64_t disc_time_nearest_short(int64_t seconds);
int64_t disc_time_nearest_long(int64_t seconds);

#endif

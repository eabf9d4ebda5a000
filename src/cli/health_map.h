/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The map of a disc (heal/disc_map.h) that was asked for: a file, or stdout. */
#ifndef CLI_HEALTH_MAP_H
#define CLI_HEALTH_MAP_H

#include <stdbool.h>

#include "cli/settings.h"
#include "util/fail.h"

/* Refuses early what health_map_write would refuse. 0, or -1 with f filled. */
int health_map_check(const struct settings *s, struct fail *f);

/* 0, also where no map was asked for, or -1 with f filled. */
int health_map_write(
	const struct settings *s, const struct healing *h, bool is_repaired, struct fail *f);

#endif

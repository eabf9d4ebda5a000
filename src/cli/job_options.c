/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/job_options.h"

#include <stdlib.h>
#include <string.h>

#include "cli/format_input.h"
#include "cli/print.h"

static int get_speed(const struct options *o, double *speed, struct fail *f)
{
	const char *text = o->values[OPTION_SPEED];
	char *end;

	if (!text)
		return 0;
	*speed = strtod(text, &end);
	if (strspn(text, "0123456789.") != strlen(text) || *text == '.' || *end || *speed <= 0 ||
		*speed > 1000)
		return fail_set(
			f, FAIL_USAGE, "-speed", "\"%s\" is not a speed, such as 4 or 2.4", text);
	return 0;
}

static int get_write_type(const struct options *o, enum write_type *type, struct fail *f)
{
	static const char *const words[] = { "auto", "tao", "sao", "dao", "incremental", NULL };
	size_t index = WRITE_AUTO;

	if (options_choice(o, OPTION_WRITE_TYPE, words, &index, f))
		return -1;
	*type = (enum write_type)index;
	return 0;
}

static int check_dummy(const struct options *o, struct fail *f)
{
	if (!options_has(o, OPTION_DUMMY) || !options_has(o, OPTION_BLANK))
		return 0;
	fail_set(f, FAIL_USAGE, "-blank", "would really empty the medium: -dummy only simulates");
	fail_hint(f, "blank the medium before, or leave one of them out");
	return -1;
}

static int check_verify(const struct options *o, struct fail *f)
{
	if (!options_has(o, OPTION_VERIFY))
		return 0;
	if (options_has(o, OPTION_NO_VERIFY))
		return fail_set(f, FAIL_USAGE, "-no-verify", "contradicts -verify");
	if (options_has(o, OPTION_DUMMY))
		return fail_set(
			f, FAIL_USAGE, "-verify", "a simulated burn leaves nothing to read back");
	return 0;
}

int job_options_read(struct job *j, struct fail *f)
{
	const struct options *o = j->options;
	static const char *const blank_words[] = { "auto", NULL };
	size_t only_auto;
	bool is_stdin;

	if (meter_mode_get(o, &j->progress, f))
		return -1;
	print_set_mode(
		j->progress == METER_JSON ? PRINT_JSON : PRINT_TEXT, options_has(o, OPTION_QUIET));
	if (!options_has(o, OPTION_OUTPUT)) {
		fail_set(f, FAIL_USAGE, "-o", "the output was not named");
		fail_hint(f, "-o /dev/sr0 burns, -o disc.img makes an image file, -o - writes to "
			     "stdout");
		return -1;
	}
	if (format_input_get(o, &j->format, &j->params, f) || get_speed(o, &j->session.speed, f) ||
		input_choose(&j->input, o, print_messages(), f))
		return -1;
	if (get_write_type(o, &j->session.write_type, f))
		return -1;
	if (check_verify(o, f) || check_dummy(o, f) ||
		options_choice(o, OPTION_BLANK, blank_words, &only_auto, f))
		return -1;
	j->session.dummy = options_has(o, OPTION_DUMMY);
	j->session.multi = options_has(o, OPTION_MULTI);
	is_stdin = j->input.image_path && strcmp(j->input.image_path, "-") == 0;
	return secret_input_check(o, j->format->needs_secret, is_stdin, f);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking into JSON, good and bad. */
#include <string.h>

#include "lib/tap.h"
#include "crypto/format/json.h"

static unsigned n_objects;

static void check_string(const char *object, const char *name, const char *wanted)
{
	char out[16];
	bool found = json_string(json_member(object, name), out, sizeof out);

	tap_ok(wanted ? found && strcmp(out, wanted) == 0 : !found, "string %s, object %u", name,
		++n_objects);
}

static void check_number(const char *value, bool wanted, uint64_t number)
{
	uint64_t n = 42;
	bool found = json_uint64(value, &n);

	tap_ok(found == wanted && n == (wanted ? number : 42), "number %s", value);
}

int main(void)
{
	struct json_members m;
	size_t n = 0;

	check_string("{\"a\":\"x\",\"b\":\"y\"}", "b", "y");
	check_string(" {\n\t\"a\" : \"x\" , \"b\" : \"y\" }", "b", "y");
	check_string("{\"in\":{\"b\":\"no\"},\"b\":\"y\"}", "b", "y");
	check_string("{\"in\":{\"b\":\"no\"}}", "b", NULL);
	check_string("{\"in\":[\"}\",{\"b\":\"\\\"\"},[]],\"b\":\"y\"}", "b", "y");
	check_string("{\"b\\\"\":\"no\",\"b\":\"y\"}", "b", "y");
	check_string("{\"b\":\"\"}", "b", "");
	check_string("{\"b\":\"y\",\"b\":\"z\"}", "b", "y");
	check_string("{\"bb\":\"no\"}", "b", NULL);
	check_string("{\"b\":7}", "b", NULL);
	check_string("{\"b\":\"with \\\" escape\"}", "b", NULL);
	check_string("{\"b\":\"fifteen letters\"}", "b", "fifteen letters");
	check_string("{\"b\":\"sixteen letters!\"}", "b", NULL);
	check_string("{\"b\":\"y\"", "b", NULL);
	check_string("{\"b\":\"y", "b", NULL);
	check_string("{\"b\"", "b", NULL);
	check_string("{\"b\":", "b", NULL);
	check_string("{\"b\":\"\\", "b", NULL);
	check_string("{b:\"y\"}", "b", NULL);
	check_string("[\"b\",\"y\"]", "b", NULL);
	check_string("", "b", NULL);
	check_number("0", true, 0);
	check_number("7}", true, 7);
	check_number("\"1048576\"", true, 1048576);
	check_number("18446744073709551615", true, UINT64_MAX);
	check_number("18446744073709551616", false, 0);
	check_number("99999999999999999999999999", false, 0);
	check_number("-1", false, 0);
	check_number("1.5", false, 0);
	check_number("1e3", false, 0);
	check_number("007", false, 0);
	check_number("\"7", false, 0);
	check_number("\"unknown\"", false, 0);
	check_number("\"\"", false, 0);
	check_number("", false, 0);
	json_enter(&m, "{\"0\":{},\"1\":[1,2],\"2\":null}");
	while (json_next(&m))
		n += *m.name == (char)('0' + n) && m.n_name == 1;
	tap_ok(n == 3 && !json_next(&m), "all members, and then no more");
	json_enter(&m, NULL);
	tap_ok(!json_next(&m) && !json_member(NULL, "b") && !json_uint64(NULL, &(uint64_t){ 0 }),
		"nothing in nothing");
	return tap_done();
}

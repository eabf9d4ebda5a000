/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole burn to a file without a command line: a request that this program makes, a voice of its
 * own. What it makes is opened by cryptsetup, and read back by another request. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "job/burning.h"
#include "job/open_disc.h"
#include "lib/tap.h"
#include "util/sector.h"

static char folder[] = "/tmp/xburncrypt-burning.XXXXXX";
static const char text[] = "kept for twenty years\n";

/* All that was said. */
static struct heard {
	unsigned n_asked, n_results, n_ends, n_failures;
	bool was_new;
	char object[200], phases[200], said[2000];
	uint64_t n_bytes, n_layout;
	bool was_compared, header_was_opened;
	char commands[2000];
} heard;
static const char *answer; /* NULL: none is given */

static void take(void *ctx, enum message_kind kind, const char *said)
{
	size_t n = strlen(heard.said);

	(void)ctx;
	(void)kind;
	snprintf(heard.said + n, sizeof heard.said - n, "%s\n", said);
}

static void tick(void *ctx, const struct progress *p)
{
	size_t n = strlen(heard.phases);

	(void)ctx;
	if (!strstr(heard.phases, p->phase))
		snprintf(heard.phases + n, sizeof heard.phases - n, "%s ", p->phase);
}

static void end(void *ctx)
{
	(void)ctx;
	heard.n_ends++;
}

static struct secret *passphrase(void *ctx, const char *object, bool is_new, struct fail *f)
{
	(void)ctx;
	heard.n_asked++;
	heard.was_new = is_new;
	snprintf(heard.object, sizeof heard.object, "%s", object);
	if (answer)
		return secret_copy(answer, strlen(answer), f);
	fail_set(f, FAIL_FAILED, object, "cancelled");
	return NULL;
}

static char shown[100];

static int show_passphrase(
	void *ctx, const char *object, const struct secret *secret, struct fail *f)
{
	(void)ctx;
	heard.n_asked++;
	snprintf(heard.object, sizeof heard.object, "%s", object);
	snprintf(shown, sizeof shown, "%.*s", (int)secret_size(secret),
		(const char *)secret_view(secret));
	return answer ? 0 : fail_set(f, FAIL_FAILED, object, "cancelled");
}

static void result(void *ctx, const struct burn_result *r)
{
	(void)ctx;
	heard.n_results++;
	heard.n_bytes = r->n_bytes;
	heard.n_layout = layout_bytes(r->layout);
	heard.was_compared = r->was_compared;
	heard.header_was_opened = r->header_was_opened;
	snprintf(heard.commands, sizeof heard.commands, "%s", r->commands);
}

static void failed(void *ctx, const struct fail *f)
{
	(void)ctx;
	heard.n_failures++;
	snprintf(heard.said, sizeof heard.said, "%s", f->what);
}

static const struct voice voice = { .messages = { .put = take },
	.watch = { .tick = tick, .end = end },
	.passphrase = passphrase,
	.show_passphrase = show_passphrase,
	.result = result,
	.failed = failed };

static struct volume_request cheap_volume(void)
{
	struct volume_request v = { .format = format_find("luks2") };

	v.params.pbkdf = "pbkdf2";
	v.params.pbkdf_iterations = 1000;
	v.params.pbkdf_weak = true;
	return v;
}

static int burn_volume(
	struct volume_request *v, const char *source, const char *path, struct fail *f)
{
	const char *sources[] = { source };
	struct burn_request r = { .volume = v, .output.path = path, .compare = COMPARE };

	r.source.tree.sources = sources;
	r.source.tree.n_sources = 1;
	memset(&heard, 0, sizeof heard);
	return burning_run(&r, &voice, f);
}

static int burn(const char *source, const char *path, struct fail *f)
{
	struct volume_request v = cheap_volume();

	return burn_volume(&v, source, path, f);
}

static void test_burn(void)
{
	struct fail f = { 0 };
	struct stat st = { 0 };

	answer = "correct horse battery staple";
	tap_ok(burn("tree", "disc.img", &f) == 0, "a request is burned (%s)", f.what);
	tap_ok(heard.n_asked == 1 && heard.was_new && !strcmp(heard.object, "disc.img"),
		"the voice is asked once for a new passphrase, for disc.img");
	tap_ok(strstr(heard.phases, "writing") && strstr(heard.phases, "verifying"),
		"the voice hears of the phases (%s)", heard.phases);
	tap_ok(heard.n_ends > 0, "and of their end");
	tap_ok(heard.n_results == 1 && heard.was_compared && heard.header_was_opened,
		"the result was compared, and its header opened");
	tap_ok(strstr(heard.commands, "cryptsetup open") != NULL, "it says what opens it");
	tap_ok(stat("disc.img", &st) == 0 && (uint64_t)st.st_size == heard.n_layout &&
			heard.n_bytes == heard.n_layout,
		"the file has the %llu bytes of the layout", (unsigned long long)heard.n_layout);
	if (tap_has_program("cryptsetup"))
		tap_ok(tap_run("printf %s 'correct horse battery staple' | cryptsetup open "
			       "--test-passphrase --disable-locks --key-file - disc.img"),
			"cryptsetup opens it");
	else
		tap_skip("cryptsetup opens it", "no cryptsetup");
}

static void test_generated(void)
{
	struct volume_request v = cheap_volume(), old = { .format = format_find("plain") };
	struct fail f = { 0 };

	v.secret.from = old.secret.from = SECRET_GENERATED;
	answer = "yes";
	tap_ok(burn_volume(&v, "tree", "generated.img", &f) == 0 && heard.n_asked == 1 &&
			!strcmp(heard.object, "generated.img"),
		"a new passphrase for generated.img is shown (%s)", f.what);
	if (tap_has_program("cryptsetup"))
		tap_ok(!setenv("SHOWN", shown, 1) &&
				tap_run("printf %s \"$SHOWN\" | cryptsetup open --test-passphrase "
					"--disable-locks --key-file - generated.img"),
			"cryptsetup opens the disc with it");
	else
		tap_skip("cryptsetup opens the disc with it", "no cryptsetup");
	answer = NULL;
	tap_ok(burn_volume(&v, "tree", "none.img", &f) == -1 && access("none.img", F_OK),
		"if nobody wants it, nothing is made");
	old.params.style = "old";
	f = (struct fail){ 0 };
	tap_ok(burn_volume(&old, "tree", "none.img", &f) == -1 && f.field == REQUEST_SECRET &&
			heard.n_asked == 0,
		"where it is not hashed, it is not shown either");
}

static void test_refusals(void)
{
	struct fail f = { 0 };

	answer = NULL;
	tap_ok(burn("tree", "none.img", &f) == -1 && !strcmp(f.what, "cancelled"),
		"a passphrase that is not given ends it");
	tap_ok(heard.n_results == 0 && heard.n_failures == 1 && !strcmp(heard.said, "cancelled"),
		"the voice is told of the failure, once");
	tap_ok(access("none.img", F_OK), "nothing is left behind");
	f = (struct fail){ 0 };
	tap_ok(burn("tree", "disc.img", &f) == -1 && f.field == REQUEST_REPLACE,
		"a file that is there is a matter of output.replace");
	tap_ok(heard.n_asked == 0, "and nobody is asked for a secret");
	f = (struct fail){ 0 };
	tap_ok(burn("missing", "none.img", &f) == -1 && strstr(f.object, "missing"),
		"a source that is missing is named");
}

/* Last: it enters the sandbox. */
static void test_reading(void)
{
	struct volume_request v = { .format = NULL };
	struct read_request r = { .volume = &v, .path = "disc.img" };
	struct disc_listing *holder = NULL;
	const struct disc_node *node = NULL;
	struct open_files o;
	struct fail f = { 0 };
	uint8_t bytes[100];
	size_t n = 0;

	answer = "correct horse battery staple";
	memset(&heard, 0, sizeof heard);
	tap_ok(open_disc_files(&o, &r, &voice, &f) == 0, "another request opens it (%s)", f.what);
	tap_ok(heard.n_asked == 1 && !heard.was_new, "for a passphrase that is not a new one");
	if (o.files)
		node = disc_files_find(o.files, "/file", &holder, &f);
	tap_ok(node && disc_files_read(o.files, node, 0, sizeof bytes, bytes, &n, &f) == 0 &&
			n == sizeof text - 1 && memcmp(bytes, text, n) == 0,
		"the file on it is what it was");
	disc_listing_free(holder);
	open_disc_close(&o);
}

int main(void)
{
	FILE *file;

	if (!mkdtemp(folder) || chdir(folder) || mkdir("tree", 0700) ||
		!(file = fopen("tree/file", "w"))) {
		perror(folder);
		return 1;
	}
	fputs(text, file);
	fclose(file);
	test_burn();
	test_generated();
	test_refusals();
	if (chdir("/") == 0 && fork() == 0) {
		/* removes the folder once the sandbox has kept this process from it */
		for (pid_t parent = getppid(); getppid() == parent;)
			usleep(10000);
		execlp("rm", "rm", "-rf", folder, (char *)NULL);
		_exit(127);
	}
	if (chdir(folder) == 0)
		test_reading();
	return tap_done();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/sha256_lanes.h"

#include "util/number.h"

/* FIPS 180-4, 5.3.3 */
static const uint32_t start[SHA256_WORDS] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
	0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };

void sha256_lanes_start(struct sha256_lanes *s)
{
	for (unsigned i = 0; i < SHA256_WORDS; i++)
		for (unsigned lane = 0; lane < SHA256_LANES; lane++)
			s->words[i][lane] = start[i];
}

void sha256_lanes_end(const struct sha256_lanes *s, uint8_t digests[SHA256_LANES][SHA256_BYTES])
{
	for (unsigned lane = 0; lane < SHA256_LANES; lane++)
		for (unsigned i = 0; i < SHA256_WORDS; i++)
			number_put_be32(digests[lane] + 4 * (size_t)i, s->words[i][lane]);
}

#ifdef __x86_64__

#include <cpuid.h>
#include <immintrin.h>

typedef uint32_t vector __attribute__((vector_size(32), may_alias));

/* In a function for better processors these are compiled for those. */
#define FOR_AVX2 __attribute__((target("avx2"), always_inline)) static inline

/* 4.2.2 */
/* clang-format off */
static const uint32_t constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};
/* clang-format on */

/* 4.1.2: the functions of a round, and of the message's schedule */
#define TURN(x, n) ((x) >> (n) | (x) << (32 - (n)))
#define ROUND(a, b, c, d, e, f, g, h, w, k)                                                        \
	do {                                                                                       \
		vector t = (h) + (TURN(e, 6) ^ TURN(e, 11) ^ TURN(e, 25)) +                        \
			   ((g) ^ ((e) & ((f) ^ (g)))) + (w) + (k);                                \
		(d) += t;                                                                          \
		(h) = t + (TURN(a, 2) ^ TURN(a, 13) ^ TURN(a, 22)) +                               \
		      (((a) & (b)) | ((c) & ((a) | (b))));                                         \
	} while (0)

/* Words 8 * half to 8 * half + 7 of the messages' blocks, a vector each. */
FOR_AVX2 void load(const uint8_t *const blocks[SHA256_LANES], unsigned half, vector w[8])
{
	const __m256i swap = _mm256_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3,
		12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
	__m256i row[8], pair[8], four[8];

#pragma GCC unroll 8
	for (unsigned i = 0; i < 8; i++)
		row[i] = _mm256_shuffle_epi8(
			_mm256_loadu_si256((const void *)(blocks[i] + 32 * (size_t)half)), swap);
#pragma GCC unroll 4
	for (unsigned i = 0; i < 8; i += 2) {
		pair[i] = _mm256_unpacklo_epi32(row[i], row[i + 1]);
		pair[i + 1] = _mm256_unpackhi_epi32(row[i], row[i + 1]);
	}
#pragma GCC unroll 2
	for (unsigned i = 0; i < 8; i += 4)
#pragma GCC unroll 2
		for (unsigned j = 0; j < 2; j++) {
			four[i + 2 * j] = _mm256_unpacklo_epi64(pair[i + j], pair[i + j + 2]);
			four[i + 2 * j + 1] = _mm256_unpackhi_epi64(pair[i + j], pair[i + j + 2]);
		}
#pragma GCC unroll 4
	for (unsigned i = 0; i < 4; i++) {
		w[i] = (vector)_mm256_permute2x128_si256(four[i], four[i + 4], 0x20);
		w[i + 4] = (vector)_mm256_permute2x128_si256(four[i], four[i + 4], 0x31);
	}
}

/* Word i of the next 16 of the schedule, in place of the last. Loops would not be unrolled, and the
 * words not stay in registers. */
#define NEXT(i)                                                                                    \
	(w[i] += (TURN(w[((i) + 1) & 15], 7) ^ TURN(w[((i) + 1) & 15], 18) ^                       \
			 w[((i) + 1) & 15] >> 3) +                                                 \
		 w[((i) + 9) & 15] +                                                               \
		 (TURN(w[((i) + 14) & 15], 17) ^ TURN(w[((i) + 14) & 15], 19) ^                    \
			 w[((i) + 14) & 15] >> 10))
#define EIGHT_ROUNDS(at)                                                                           \
	do {                                                                                       \
		ROUND(a, b, c, d, e, f, g, h, w[at], k[at]);                                       \
		ROUND(h, a, b, c, d, e, f, g, w[(at) + 1], k[(at) + 1]);                           \
		ROUND(g, h, a, b, c, d, e, f, w[(at) + 2], k[(at) + 2]);                           \
		ROUND(f, g, h, a, b, c, d, e, w[(at) + 3], k[(at) + 3]);                           \
		ROUND(e, f, g, h, a, b, c, d, w[(at) + 4], k[(at) + 4]);                           \
		ROUND(d, e, f, g, h, a, b, c, w[(at) + 5], k[(at) + 5]);                           \
		ROUND(c, d, e, f, g, h, a, b, w[(at) + 6], k[(at) + 6]);                           \
		ROUND(b, c, d, e, f, g, h, a, w[(at) + 7], k[(at) + 7]);                           \
	} while (0)

FOR_AVX2 void compress(struct sha256_lanes *s, const uint8_t *const blocks[SHA256_LANES])
{
	vector *v = (vector *)s->words, w[16];
	vector a = v[0], b = v[1], c = v[2], d = v[3], e = v[4], f = v[5], g = v[6], h = v[7];

	load(blocks, 0, w);
	load(blocks, 1, w + 8);
	for (const uint32_t *k = constants;; k += 16) {
		EIGHT_ROUNDS(0);
		EIGHT_ROUNDS(8);
		if (k == constants + 48)
			break;
		NEXT(0), NEXT(1), NEXT(2), NEXT(3), NEXT(4), NEXT(5), NEXT(6), NEXT(7);
		NEXT(8), NEXT(9), NEXT(10), NEXT(11), NEXT(12), NEXT(13), NEXT(14), NEXT(15);
	}
	v[0] += a, v[1] += b, v[2] += c, v[3] += d, v[4] += e, v[5] += f, v[6] += g, v[7] += h;
}

/* With AVX-512 turns and the functions of three words are one instruction each. */
__attribute__((target("avx512f,avx512vl"))) static void compress_avx512(
	struct sha256_lanes *s, const uint8_t *const blocks[SHA256_LANES])
{
	compress(s, blocks);
}

__attribute__((target("avx2"))) static void compress_avx2(
	struct sha256_lanes *s, const uint8_t *const blocks[SHA256_LANES])
{
	compress(s, blocks);
}

static bool has_sha_instructions(void)
{
	enum { LEAF = 7, SHA_BIT = 29 }; /* Intel SDM, CPUID: extended features, EBX */
	unsigned a, b, c, d;

	return __get_cpuid_count(LEAF, 0, &a, &b, &c, &d) && (b >> SHA_BIT & 1);
}

static bool has_avx512(void)
{
	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl");
}

bool sha256_lanes_are_faster(void)
{
	return has_avx512() || (__builtin_cpu_supports("avx2") && !has_sha_instructions());
}

void sha256_lanes_compress(struct sha256_lanes *s, const uint8_t *const blocks[SHA256_LANES])
{
	if (has_avx512())
		compress_avx512(s, blocks);
	else
		compress_avx2(s, blocks);
}

#else

bool sha256_lanes_are_faster(void)
{
	return false;
}

void sha256_lanes_compress(struct sha256_lanes *s, const uint8_t *const blocks[SHA256_LANES])
{
	(void)s;
	(void)blocks;
}

#endif

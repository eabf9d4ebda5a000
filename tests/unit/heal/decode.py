#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""decode.py IMAGE WHOLE: brings a damaged image with healing data back.

Written from doc/FORMAT.md alone, "Healing data", whose names it has: that text is enough to get at one's data in
forty years. Lost blocks are told by their digests; both codes take turns. Status 1: something is lost.
"""
import hashlib
import sys

B = 2048
EXP, LOG = [0] * 510, [0] * 256
x = 1
for i in range(255):
    EXP[i] = EXP[i + 255] = x
    LOG[x] = i
    x = x << 1 ^ (0x11D if x & 0x80 else 0)


def mul(a, b):
    return EXP[LOG[a] + LOG[b]] if a and b else 0


TIMES = [bytes(mul(a, b) for b in range(256)) for a in range(256)]


def weigh(pairs):
    """The sum of factor * bytes."""
    total, size = 0, 0
    for factor, data in pairs:
        size = len(data)
        if factor:
            total ^= int.from_bytes(data.translate(TIMES[factor]), "little")
    return total.to_bytes(size or B, "little")


def inverse(m):
    n = len(m)
    m = [row + [int(i == j) for j in range(n)] for i, row in enumerate(m)]
    for i in range(n):
        p = next(j for j in range(i, n) if m[j][i])
        m[i], m[p] = m[p], m[i]
        m[i] = [mul(v, EXP[255 - LOG[m[i][i]]]) for v in m[i]]
        for j in range(n):
            if j != i and m[j][i]:
                m[j] = [v ^ mul(m[j][i], w) for v, w in zip(m[j], m[i])]
    return [row[n:] for row in m]


def cd(a, b):
    return -(-a // b)


def up(n):
    return cd(n, 32) * 32


def levels(n):
    """The blocks of each level of a tree over n blocks, the highest first."""
    counts = [cd(n, 64)]
    while counts[0] > 1:
        counts.insert(0, cd(counts[0], 64))
    return counts


class Layout:
    def __init__(self, n, h, R, M):
        self.n, self.h, self.R, self.M = n, h, R, M
        self.tree = up(n + 3)
        self.T = sum(levels(n))
        self.C = up(self.tree + self.T)
        self.N = n + self.C - self.tree
        self.S = S = cd(self.N, 255 - R) if R else 0
        self.rows = up(self.C + S * R)
        self.L = max(64, cd(self.N, 255 - M))
        while S > 1 and not cd(S, 32) <= self.L % S <= S - cd(S, 32):
            self.L += 1
        self.check = up(self.rows + M * self.L)
        self.n_check = sum(levels(self.check - self.C))
        self.upper = up(self.check + self.n_check)
        self.n_upper = self.T - levels(n)[-1] or 1
        self.late = up(self.upper + self.n_upper)
        self.header = self.late + 32
        self.end = up(self.header + h) + 32

    def facts(self):
        return [f"tree {self.tree} {self.T}", f"kernel {self.C} {self.S} {self.R}",
                f"rows {self.rows} {self.L} {cd(self.N, self.L)} {self.M}", f"check {self.check} {self.n_check}",
                f"upper {self.upper} {self.n_upper}", f"header {self.header} {self.h}", f"end {self.end}"]

    def covered(self, i):
        return i if i < self.n else self.tree + i - self.n


def parse(block):
    """A record's lines, and the layout that they give; None: it is none."""
    lines = block.rstrip(b"\0").split(b"\n")
    if lines[0] != b"xburncrypt-heal 1" or lines[-1]:
        return None
    lines = [line.decode("ascii", "replace") for line in lines[:-1]]
    summed = "".join(line + "\n" for line in lines[:-1]).encode()
    if lines[-1] != "sum " + hashlib.sha256(summed).hexdigest():
        return None
    field = dict(line.split(" ", 1) for line in lines)
    layout = Layout(int(field["data"]), int(field["header"].split()[1]), int(field["kernel"].split()[2]),
                    int(field["rows"].split()[3]))
    return (lines, field, layout) if lines[5:12] == layout.facts() and field["root"] != "-" else None


class Code:
    """One of the two: what its columns consist of, and where their parity is."""

    def __init__(self, disc, r, stride, kernel):
        self.disc, self.r, self.stride, self.kernel = disc, r, stride, kernel
        g = [1]  # highest power first
        for i in range(r):
            g = [a ^ mul(EXP[i], b) for a, b in zip(g + [0], [0] + g)]
        self.G, rest = [None] * (255 - r), g[1:]  # z^r mod g; p(j) has the factor of z^(r - 1 - j)
        for k in reversed(range(255 - r)):
            self.G[k] = rest
            rest = [a ^ mul(rest[0], b) for a, b in zip(rest[1:] + [0], g[1:])]

    def blocks(self, c):
        lay = self.disc.layout
        return [lay.covered(i) for i in range(c, lay.N, self.stride)]

    def places(self, c, j):
        """The blocks that have a part of parity j of column c."""
        lay = self.disc.layout
        return range(lay.C + c * self.r, lay.C + (c + 1) * self.r) if self.kernel else [lay.rows + j * self.stride + c]

    def parity(self, c, j):
        data = b"".join(self.disc.block[b] for b in self.places(c, j))
        return data[j::self.r] if self.kernel else data

    def solve(self, c, good):
        """Finds the blocks of a column that are not good."""
        disc, column = self.disc, self.blocks(c)
        lost = [k for k, b in enumerate(column) if not good(b)]
        rows = [j for j in range(self.r) if all(good(b) for b in self.places(c, j))][:len(lost)]
        if not lost or len(rows) < len(lost):
            return
        there = [k for k in range(len(column)) if k not in lost]
        sums = [weigh([(1, self.parity(c, j))] + [(self.G[k][j], disc.block[column[k]]) for k in there]) for j in rows]
        for k, row in zip(lost, inverse([[self.G[k][j] for k in lost] for j in rows])):
            disc.offer(column[k], weigh(zip(row, sums)))

    def encode(self):
        for c in range(self.stride):
            column = [self.disc.block[b] for b in self.blocks(c)]
            parity = [weigh((self.G[k][j], d) for k, d in enumerate(column)) if column else bytes(B) for j in range(self.r)]
            if self.kernel:
                woven = bytes(v for together in zip(*parity) for v in together)
                parity = [woven[i * B:(i + 1) * B] for i in range(self.r)]
            for j in range(self.r):
                self.disc.block[self.places(c, 0)[j] if self.kernel else self.places(c, j)[0]] = parity[j]


class Disc:
    def __init__(self, image):
        data = open(image, "rb").read()
        self.block = [data[i:i + B].ljust(B, b"\0") for i in range(0, len(data), B)]
        found = [(b, parse(d)) for b, d in enumerate(self.block) if d.startswith(b"xburncrypt-heal 1\n")]
        found = [f for f in found if f[1]]
        if not found:
            sys.exit("no record")
        at, (self.lines, field, self.layout) = found[-1]
        lay = self.layout
        self.text = self.block[at + 1]
        self.salt, self.root = bytes.fromhex(field["salt"]), bytes.fromhex(field["root"])
        self.check_root = bytes.fromhex(field["check-root"]) if "check-root" in field else None
        self.block = (self.block + [bytes(B)] * lay.end)[:lay.end]
        self.codes = [Code(self, lay.M, lay.L, False)] + ([Code(self, lay.R, lay.S, True)] if lay.R else [])

    def digest(self, block):
        return hashlib.sha256(self.salt + block).digest()

    def offer(self, b, data):
        if self.wanted.get(b) in (None, self.digest(data)):
            self.block[b] = data

    def look(self, first, counts, root, copy=0, n_copy=0):
        """Tells the state of a tree's blocks and of those that it is over: what has the wrong digest, and what none."""
        digests, at = [root], 0
        for level, blocks in enumerate(counts):
            places = blocks if level == len(counts) - 1 else range(first + at, first + at + blocks)
            below = []
            for b, wanted in zip(places, digests):
                self.wanted[b] = wanted
                if 0 <= b - first < n_copy and wanted == self.digest(self.block[copy + b - first]):
                    self.block[b] = self.block[copy + b - first]
                self.state[b] = wanted and wanted == self.digest(self.block[b])
                below += [self.block[b][i:i + 32] if self.state[b] else None for i in range(0, B, 32)]
            digests, at = below, at + len(places)

    def look_at_all(self):
        lay = self.layout
        self.state, self.wanted = {}, {}
        self.look(lay.tree, levels(lay.n) + [range(lay.n)], self.root, lay.upper, lay.n_upper)
        self.look(lay.check, levels(lay.check - lay.C) + [range(lay.C, lay.check)], self.check_root)
        for b in range(lay.tree + lay.T, lay.C):
            self.block[b], self.state[b] = bytes(B), True

    def heal(self):
        """How many blocks are not right at last."""
        lay, before = self.layout, None
        while True:
            self.look_at_all()
            left = sum(not self.state[lay.covered(i)] for i in range(lay.N))
            if left in (0, before):
                return left
            before = left
            for code in self.codes:
                for c in range(code.stride):
                    code.solve(c, lambda b: self.state[b])
                self.look_at_all()
                for c in range(code.stride):  # where that was too little, what is unknown may be right
                    code.solve(c, lambda b: self.state[b] is not False)
                self.look_at_all()

    def build_tree(self, first, data):
        at = first + sum(levels(len(data)))
        for count in reversed(levels(len(data))):
            digests = b"".join(self.digest(d) for d in data).ljust(count * B, b"\0")
            data = [digests[i * B:(i + 1) * B] for i in range(count)]
            at -= count
            self.block[at:at + count] = data
        return self.digest(data[0])

    def rebuild(self):
        """All behind the volume, anew."""
        lay, old = self.layout, self.block
        self.block = old[:lay.n] + [bytes(B)] * (lay.end - lay.n)
        if self.build_tree(lay.tree, self.block[:lay.n]) != self.root:
            sys.exit("the root is another one")
        for code in self.codes:
            code.encode()
        check_root = self.build_tree(lay.check, self.block[lay.C:lay.check])
        self.block[lay.upper:lay.upper + lay.n_upper] = self.block[lay.tree:lay.tree + lay.n_upper]
        self.block[lay.header:lay.header + lay.h] = self.block[:lay.h]
        uuid = bytes.fromhex(self.lines[1].split()[1].replace("-", ""))
        numbers = [n.to_bytes(size, "little") for n, size in ((1, 4), (1, 4), (B, 4), (B, 4), (lay.n, 8), (32, 2))]
        self.block[lay.tree - 1] = (b"verity\0\0" + numbers[0] + numbers[1] + uuid + b"sha256".ljust(32, b"\0")
                                    + b"".join(numbers[2:]) + bytes(6) + self.salt).ljust(B, b"\0")
        facts = [line for line in self.lines[:-1] if not line.startswith("check-root ")]
        for at, lines in ((lay.tree - 3, facts), (lay.late, facts + ["check-root " + check_root.hex()]),
                          (lay.end - 2, facts + ["check-root " + check_root.hex()])):
            record = "".join(line + "\n" for line in lines).encode()
            record += b"sum " + hashlib.sha256(record).hexdigest().encode() + b"\n"
            self.block[at:at + 2] = [record.ljust(B, b"\0"), self.text]


disc = Disc(sys.argv[1])
lost = disc.heal()
if lost:
    sys.exit(f"{lost} blocks are lost")
disc.rebuild()
open(sys.argv[2], "wb").write(b"".join(disc.block))

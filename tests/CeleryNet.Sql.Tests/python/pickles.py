"""Random plain values, the same ones for the same seed.

emit SEED COUNT    prints for each value: its pickle (hexadecimal, protocols 0 to 5 in turn) and its JSON (hexadecimal)
check SEED COUNT   reads for each value: the JSON that the other side made of the pickle, and the pickle it made of the JSON; prints how many differ, and which
"""
import json
import math
import pickle
import random
import sys


def text(rng):
    letters = "abc \\\"\n\t\x00\x7fäß€日本😀\ud800\udfff/"
    return "".join(rng.choice(letters) for _ in range(rng.choice([0, 1, 3, 10, 300])))


def key(rng):
    return "".join(rng.choice("abcäß😀_ \"\\") for _ in range(rng.randint(0, 8)))


def value(rng, depth=0):
    kind = rng.randint(0, 11 if depth < 5 else 7)
    if kind == 0:
        return rng.choice([None, True, False])
    if kind == 1:
        return rng.randint(-300, 70000)
    if kind == 2:
        return rng.choice([1, -1]) * rng.getrandbits(rng.choice([8, 16, 31, 32, 63, 64, 65, 200, 2100]))
    if kind == 3:
        return rng.choice([0.0, -0.0, 1.5, math.inf, -math.inf, math.nan, 1e300, 5e-324, rng.uniform(-1e9, 1e9)])
    if kind in (4, 5, 6, 7):
        return text(rng)
    if kind == 8:
        return tuple(value(rng, depth + 1) for _ in range(rng.randint(0, 4)))
    if kind == 9:
        return {key(rng): value(rng, depth + 1) for _ in range(rng.randint(0, 5))}
    if kind == 10:
        shared = value(rng, depth + 1)
        return [shared, shared, {"again": shared}]
    return [value(rng, depth + 1) for _ in range(rng.randint(0, 5))]


def values(seed, count):
    rng = random.Random(seed)
    return [value(rng) for _ in range(count)]


def same(one, other):
    return repr(one) == repr(other)


mode, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
if mode == "emit":
    for index, item in enumerate(values(seed, count)):
        print(pickle.dumps(item, protocol=index % 6).hex(), json.dumps(item).encode().hex())
else:
    differing = 0
    for index, item in enumerate(values(seed, count)):
        made, pickled = (bytes.fromhex(part) for part in sys.stdin.readline().split())
        expected = json.loads(json.dumps(item))
        for label, found in (("read", json.loads(made)), ("written", pickle.loads(pickled))):
            if not same(expected, found):
                differing += 1
                print(index, label, repr(expected)[:300], repr(found)[:300])
    print("differing", differing)

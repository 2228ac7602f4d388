"""Paths of flows by the hashes of the switches that they pass."""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel

PROTOCOL = np.uint64(17)
"""UDP, under RoCEv2."""

TARGET_PORT = np.uint64(4791)
"""Of RoCEv2, as IANA has registered it."""

FIRST_PORT = np.uint64(49152)
"""Source ports begin here, in the range that is free for all."""


class Headers(NamedTuple):
    """What a switch sees of each flow: hosts, source port less the first one; and its row."""

    source: np.ndarray
    target: np.ndarray
    port: np.ndarray
    row: np.ndarray


class Switches(NamedTuple):
    """Hash seeds of leaves and of each pod's aggregation switches, and who hangs on whom.

    ``up`` tells for each row and plane whether the row can use it, ``core_up`` the same for pairs
    of pods, planes and cores. A leaf-spine fabric has one pod and one core.
    """

    leaf: np.ndarray
    aggregation: np.ndarray
    up: np.ndarray
    core_up: np.ndarray
    source: np.ndarray
    source_pod: np.ndarray
    target_pod: np.ndarray


@kernel(_nrt=False)
def mixed(word):
    """Return a hash of 64 bits: two rounds of shifts and products.

    The constants are those of D. Stafford's variant 13 of MurmurHash3's last step, as in
    G. L. Steele, D. Lea, C. H. Flood: Fast splittable pseudorandom number generators. OOPSLA 2014.
    """
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


@kernel(_nrt=False)
def header_hash(source, target, port, chunk):
    """Return the hash of a 5-tuple, and of a chunk's number that is 0 for the first one."""
    hosts = (np.uint64(source) << np.uint64(32)) | np.uint64(target)
    ports = ((FIRST_PORT + np.uint64(port)) << np.uint64(32)) | (TARGET_PORT << np.uint64(16))
    ports |= PROTOCOL
    return mixed(mixed(hosts) ^ mixed(ports) ^ (np.uint64(chunk) << np.uint64(48)))


@kernel(_nrt=False)
def follow(headers, switches, chunks, path):
    """Set the path of each chunk of each flow: plane times cores + core.

    Every switch takes its own hash of the header modulo the number of links that lead on.
    """
    cores = switches.core_up.shape[3]
    for f in range(headers.row.shape[0]):
        row = headers.row[f]
        p, q = switches.source_pod[row], switches.target_pod[row]
        for chunk in range(chunks):
            word = header_hash(headers.source[f], headers.target[f], headers.port[f], chunk)
            number = 0
            for a in range(switches.up.shape[1]):
                number += switches.up[row, a]
            seed = switches.leaf[switches.source[row]]
            turn = np.int64(mixed(word ^ seed) % np.uint64(number))
            plane = 0
            while not switches.up[row, plane] or turn > 0:
                turn -= switches.up[row, plane]
                plane += 1
            core = 0
            if p != q:
                number = 0
                for c in range(cores):
                    number += switches.core_up[p, q, plane, c]
                seed = switches.aggregation[p, plane]
                turn = np.int64(mixed(word ^ seed) % np.uint64(number))
                while not switches.core_up[p, q, plane, core] or turn > 0:
                    turn -= switches.core_up[p, q, plane, core]
                    core += 1
            path[f, chunk] = plane * cores + core

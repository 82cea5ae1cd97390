"""Graphs for tests, and their components by breadth-first search: the naive twin of union-find."""

from collections import deque

import numpy as np

Edges = list[tuple[int, int]]


def labelled(nodes: int, a: np.ndarray, b: np.ndarray) -> list[int]:
    """The smallest node of each node's component."""
    neighbours: list[list[int]] = [[] for _ in range(nodes)]
    for one, other in zip(a.tolist(), b.tolist(), strict=True):
        neighbours[one].append(other)
        neighbours[other].append(one)
    labels = [-1] * nodes
    for start in range(nodes):
        if labels[start] < 0:
            labels[start] = start
            waiting = deque([start])
            while waiting:
                for node in neighbours[waiting.popleft()]:
                    if labels[node] < 0:
                        labels[node] = start
                        waiting.append(node)
    return labels


def graph(number: int) -> tuple[int, Edges]:
    """The graph of a number: of every four a path, a star, a sparse and a dense random one; nodes in random order."""
    draw = np.random.default_rng(number)
    nodes = int(draw.integers(2, 30))
    place = draw.permutation(nodes).tolist()
    if number % 4 == 0:
        edges = [(i, i + 1) for i in range(nodes - 1)]
    elif number % 4 == 1:
        edges = [(0, i) for i in range(1, nodes)]
    else:
        count = nodes // 2 if number % 4 == 2 else 2 * nodes
        edges = [(int(x), int(y)) for x, y in draw.integers(0, nodes, (count, 2)) if x != y]
    return nodes, [(place[x], place[y]) for x, y in edges]


def many(count: int) -> tuple[int, np.ndarray, np.ndarray]:
    """`count` graphs beside each other, a path of 10,000 in random order and one in order, and a star of 5,000."""
    draw = np.random.default_rng(0)
    shuffled = draw.permutation(10_000).tolist()
    graphs = [graph(number) for number in range(count)]
    graphs.append((10_000, [(shuffled[i], shuffled[i + 1]) for i in range(9_999)]))
    graphs.append((10_000, [(i, i + 1) for i in range(9_999)]))
    graphs.append((5_000, [(2_500, i) for i in range(5_000) if i != 2_500]))
    nodes = 0
    edges: Edges = []
    for size, found in graphs:
        edges += [(nodes + x, nodes + y) for x, y in found]
        nodes += size
    together = np.array(edges, np.int64)
    return nodes, together[:, 0].copy(), together[:, 1].copy()

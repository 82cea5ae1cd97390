"""Token parts to what a trainer reads: Arrow and Megatron shards, in an order that depends on the seed alone.

No tokens go through a Spark shuffle. A token part is sorted by language and order key, a shard is a range of order
keys, and the task that writes a shard gathers its range out of every part.
"""

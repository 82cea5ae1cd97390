"""The reader: samples of a release for a PyTorch trainer, in an order that depends on the seed alone.

Global sample i is a function of the release, the parameters and i. So rank r of w, whatever the workers, takes samples
consumed + r, consumed + r + w ..., and the one integer `consumed` resumes a run on any number of ranks.

    dataset = TokenDataset("build/demo/shard/466c1dde96f0082d", sequence_length=2048, seed=1234)
    loader = TokenLoader(dataset, batch_size=8, rank=rank, world_size=world_size, workers=2)

Documents are in random order already, by a keyed digest of their ids; a keyed permutation of each epoch's samples is
the second level of the shuffle. `torch` is imported in `corpus.loader.batches` alone: a dataset works without it.
"""

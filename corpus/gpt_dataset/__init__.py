"""Which documents a Megatron run reads at which step: megatron-core's own indices, computed again without it.

Equal to megatron-core 0.16.1 (GPTDataset, BlendedDataset, helpers.cpp), with which the tests compare them number by
number. Needs `.idx` files alone: no tokens are read.
"""

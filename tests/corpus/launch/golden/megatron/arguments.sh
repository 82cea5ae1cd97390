# shellcheck shell=bash disable=SC2034
# Sourced by run.sh, which sets HERE, this folder.
# Megatron-core from 0.20 on starts faster with: --per-dataset-sequences-path "$HERE"/sequences.json
ARGUMENTS=(
  --tensor-model-parallel-size 4
  --pipeline-model-parallel-size 12
  --num-layers 70
  --hidden-size 14336
  --num-attention-heads 112
  --seq-length 2048
  --max-position-embeddings 2048
  --micro-batch-size 2
  --global-batch-size 2048
  --train-samples 220000000
  --lr 6e-05
  --min-lr 6e-06
  --lr-decay-style cosine
  --lr-decay-samples 200000000
  --lr-warmup-samples 183105
  --optimizer adam
  --adam-beta1 0.9
  --adam-beta2 0.95
  --adam-eps 1e-08
  --weight-decay 0.1
  --clip-grad 1.0
  --seed 42
  --log-interval 1
  --save-interval 100
  --eval-interval 1000
  --eval-iters 1
  --rampup-batch-size 192 16 9765625
  --bf16
  --make-vocab-size-divisible-by 62720
  --account-for-embedding-in-pipeline-split
  --account-for-loss-in-pipeline-split
  --tokenizer-type HuggingFaceTokenizer
  --tokenizer-model /data/release/tokenizer
  --per-split-data-args-path "$HERE"/blend.json
  --data-cache-path "$CACHE"
  --distributed-backend nccl
  --init-method-std 0.0048
  --position-embedding-type rope
)

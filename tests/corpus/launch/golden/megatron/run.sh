#!/usr/bin/env bash
# One of 48 nodes: run it on each, 8 processes.
# Written by `gristmill launch`; CHECKS.md says what was checked.
set -euo pipefail
HERE=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
: "${MEGATRON:?set it to a checkout of the trainer}"
: "${CHECKPOINTS:?set it to a folder that every node writes to}"
: "${CACHE:?set it to a folder for index caches that every node writes to}"
: "${RENDEZVOUS:?set it to HOST:PORT of the first node, the same on every node}"
: "${CUDA_DEVICE_MAX_CONNECTIONS:=1}"
export CUDA_DEVICE_MAX_CONNECTIONS
# shellcheck source=arguments.sh
source "$HERE/arguments.sh"
cd -- "$MEGATRON"
exec python -u -m torch.distributed.run \
  --nproc_per_node 8 --nnodes 48 --max_restarts 0 \
  --rdzv_backend c10d --rdzv_id bloom-176b --rdzv_endpoint "$RENDEZVOUS" \
  pretrain_gpt.py "${ARGUMENTS[@]}" --save "$CHECKPOINTS" --load "$CHECKPOINTS" "$@"

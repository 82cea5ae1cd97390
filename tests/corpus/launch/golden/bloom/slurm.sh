#!/usr/bin/env bash
#SBATCH --job-name=bloom-176b
#SBATCH --nodes=48
#SBATCH --ntasks-per-node=1
#SBATCH --gres=gpu:8
#SBATCH --output=%x-%j.out
# Submit it from this folder: sbatch slurm.sh
# Written by `gristmill launch`; CHECKS.md says what was checked.
set -euo pipefail
HERE=${SLURM_SUBMIT_DIR:?submit this script with sbatch}
[[ -f $HERE/run.sh ]] || { echo "submit it from its own folder: $HERE has no run.sh" >&2; exit 1; }
RENDEZVOUS=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | sed -n 1p):6000
export RENDEZVOUS
srun --wait=60 --kill-on-bad-exit=1 bash "$HERE/run.sh" "$@"

#!/usr/bin/env bash
#SBATCH --job-name=neox-20b
#SBATCH --nodes=12
#SBATCH --ntasks-per-node=1
#SBATCH --gres=gpu:8
#SBATCH --output=%x-%j.out
# Submit it from this folder: sbatch slurm.sh
# Written by `gristmill launch`; CHECKS.md says what was checked.
set -euo pipefail
HERE=${SLURM_SUBMIT_DIR:?submit this script with sbatch}
[[ -f $HERE/run.sh ]] || { echo "submit it from its own folder: $HERE has no run.sh" >&2; exit 1; }
DLTS_HOSTFILE=$HERE/hosts-$SLURM_JOB_ID
scontrol show hostnames "$SLURM_JOB_NODELIST" | sed 's/$/ slots=8/' > "$DLTS_HOSTFILE"
export DLTS_HOSTFILE
bash "$HERE/run.sh" "$HERE/slurm.yml" "$@"

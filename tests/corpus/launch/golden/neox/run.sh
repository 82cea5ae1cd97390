#!/usr/bin/env bash
# 12 nodes: DLTS_HOSTFILE names their host file. GPT-NeoX takes files of settings, not arguments.
# Written by `gristmill launch`; CHECKS.md says what was checked.
set -euo pipefail
HERE=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
: "${NEOX:?set it to a checkout of GPT-NeoX}"
: "${CHECKPOINTS:?set it to a folder that every node writes to}"
: "${DLTS_HOSTFILE:?set it to a host file, a line HOST slots=8 for each node}"
SETTINGS=$(mktemp -d)
python - "$CHECKPOINTS" > "$SETTINGS/checkpoints.yml" << 'END'
import json, sys
json.dump({"save": sys.argv[1], "load": sys.argv[1]}, sys.stdout)
END
cd -- "$NEOX"
exec python deepy.py train.py "$HERE/neox.yml" "$SETTINGS/checkpoints.yml" "$@"

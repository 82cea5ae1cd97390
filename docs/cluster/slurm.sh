#!/usr/bin/env bash
# A Spark cluster inside a Slurm allocation, one run, and its end: sbatch docs/cluster/slurm.sh RECIPE [arguments of run].
# All nodes must see this checkout with its .venv, the inputs and the output folder under the same paths.
#SBATCH --job-name=gristmill
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=32
#SBATCH --mem=96G
#SBATCH --time=12:00:00
set -euo pipefail

here=${SLURM_SUBMIT_DIR:-$PWD}
python=$here/.venv/bin/python
[ -x "$python" ] || { echo "no $python: run scripts/check once, then submit from the checkout" >&2; exit 2; }
[ $# -ge 1 ] || { echo "give a recipe: sbatch docs/cluster/slurm.sh RECIPE" >&2; exit 2; }
cores=${SLURM_CPUS_PER_TASK:-1}
memory=${SLURM_MEM_PER_NODE:-4096} # MiB
host=$(hostname)
port=$((20000 + ${SLURM_JOB_ID:-0} % 20000))

JAVA_HOME=$("$here/.venv/bin/gristmill" java-home)
SPARK_HOME=$("$python" -c 'import pathlib, pyspark; print(pathlib.Path(pyspark.__file__).parent)')
jar=$(basename "$SPARK_HOME"/jars/spark-core_*.jar)
SPARK_SCALA_VERSION=${jar#spark-core_}
SPARK_SCALA_VERSION=${SPARK_SCALA_VERSION%%-*}
PYSPARK_PYTHON=$python
SPARK_LOCAL_DIRS=${SLURM_TMPDIR:-${TMPDIR:-/tmp}}
export JAVA_HOME SPARK_HOME SPARK_SCALA_VERSION PYSPARK_PYTHON SPARK_LOCAL_DIRS
java=("$JAVA_HOME/bin/java" -Xmx1g -cp "$SPARK_HOME/jars/*")

"${java[@]}" org.apache.spark.deploy.master.Master --host "$host" --port "$port" --webui-port 0 &
master=$!
srun "${java[@]}" org.apache.spark.deploy.worker.Worker --cores "$cores" --memory "${memory}m" \
  --work-dir "$SPARK_LOCAL_DIRS" --webui-port 0 "spark://$host:$port" &
workers=$!
trap 'kill "$workers" "$master" 2>/dev/null; wait; rm -rf "${SPARK_CONF_DIR:-}"' EXIT

# An executor a node. A task has a core and 1.5 GB outside the JVM, so a quarter of a node's memory is the JVM's.
SPARK_CONF_DIR=$(mktemp -d)
export SPARK_CONF_DIR
printf 'spark.executor.memory %sm\n' $((memory / 4)) > "$SPARK_CONF_DIR/spark-defaults.conf"
"$here/.venv/bin/gristmill" run --master "spark://$host:$port" "$@"

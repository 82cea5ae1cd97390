"""What a recipe can build: one object a stage, a file each; `corpus.stages.every` lists them.

A stage's file says what it is; how it is built stands in `jobs/stages/<job>.py`. Stages of measurements are made by
`corpus.stages.measure`, one for each filter that a recipe uses. Order follows from what stages read
(`corpus.planning.plan`).
"""

"""How a corpus is built: one module a stage, engines that run tasks, the command line."""

"""The engine `spark`: the arrays and the code of one process, on partitions that Spark tasks hold one at a time."""

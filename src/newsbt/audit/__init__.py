"""What reruns the pipeline to see whether its answer can be believed."""

-- A number that changes when another connection has committed. No parameters.
pragma data_version

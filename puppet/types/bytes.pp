# @summary Bytes, or a number with its unit: 4194304, '4096K', '4M', '1G'.
type Conntrack_persist::Bytes = Variant[Integer[0], Pattern[/\A(0|[1-9][0-9]*)[KMG]?\z/]]

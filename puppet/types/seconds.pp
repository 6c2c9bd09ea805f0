# @summary Seconds, or a number with its unit: 30, '30s', '10m', '6h', '5d'.
# Written by scripts/render-settings: run "make refresh-settings" instead of editing it.
type Conntrack_persist::Seconds = Variant[Integer[0, 21474836], Pattern[/\A(0|[1-9][0-9]*)[smhd]?\z/]]

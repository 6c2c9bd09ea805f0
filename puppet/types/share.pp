# @summary A part of the RAM in percent ('25%'), or bytes, also with a unit ('512M').
type Conntrack_persist::Share = Variant[Integer[1], Pattern[/\A([1-9][0-9]*[KMG]?|[1-9][0-9]?%|100%)\z/]]

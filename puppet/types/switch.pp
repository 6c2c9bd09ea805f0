# @summary Yes or no: true, false, or one of the words that the program takes.
type Conntrack_persist::Switch = Variant[Boolean, Integer[0, 1], Enum['yes', 'no', 'true', 'false', 'on', 'off', '1', '0']]

# @summary What a setting may be: the program itself knows each one's bounds.
# Numbers, yes and no, or one line of text (6h, 25%, auto) without anything that would begin a comment.
type Conntrack_persist::Value = Variant[
  Integer[0],
  Boolean,
  Pattern[/\A[0-9A-Za-z%_.-]+\z/],
]

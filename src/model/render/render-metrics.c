/* Renders the table as metrics in the text format of Prometheus. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "model/render/render-table.h"

#define PREFIX	 "conntrack_persist_"
#define US_PER_S 1000000U

/*
 * The metrics of one name. Its samples must be together behind their description, which is left out
 * if there is no sample.
 */
struct metric_family {
	struct buffer *b;
	const char *name, *type, *help;
	const char *label; /* NULL: a single sample without a label */
	bool begun;
};

static struct metric_family family_of(struct buffer *b, const char *name, const char *label,
				      const char *help)
{
	/* By convention the name shows the type. */
	const char *type = text_ends_with(name, "_total") ? "counter" : "gauge";

	return (struct metric_family){
		.b = b, .name = name, .type = type, .help = help, .label = label};
}

/*
 * Adds a foreign name as the value of a label. Each byte that is not harmless becomes \xNN, because
 * the collector refuses a whole file for one name that is not UTF-8. A backslash before an x is
 * escaped too, because two names must not become one.
 */
static void add_label_value(struct buffer *b, const char *text)
{
	size_t length = strlen(text);
	bool is_utf8 = text_is_utf8(text, length);

	for (size_t i = 0, bytes; i < length; i += bytes) {
		bool harmless;

		bytes = text_next_character(text + i, length - i, is_utf8, &harmless);
		if (text[i] == '\n')
			buffer_add(b, "\\n");
		else if (!harmless || (text[i] == '\\' && text[i + 1] == 'x'))
			for (size_t k = 0; k < bytes; k++)
				buffer_printf(b, "\\\\x%02x", (unsigned char)text[i + k]);
		else if (text[i] == '\\' || text[i] == '"')
			buffer_printf(b, "\\%c", text[i]);
		else
			buffer_add_bytes(b, text + i, bytes);
	}
}

/* Adds a sample up to its value. */
static void begin_sample(struct metric_family *family, const char *label_value)
{
	struct buffer *b = family->b;

	if (!family->begun) {
		buffer_printf(b, "# HELP " PREFIX "%s %s\n", family->name, family->help);
		buffer_printf(b, "# TYPE " PREFIX "%s %s\n", family->name, family->type);
	}
	family->begun = true;
	buffer_printf(b, PREFIX "%s", family->name);
	if (family->label && label_value) {
		buffer_printf(b, "{%s=\"", family->label);
		add_label_value(b, label_value);
		buffer_add(b, "\"}");
	}
	buffer_add(b, " ");
}

static void add_sample(struct metric_family *family, const char *label_value, uint64_t value)
{
	begin_sample(family, label_value);
	buffer_printf(family->b, "%" PRIu64 "\n", value);
}

static void add_figure(struct buffer *b, const char *name, struct figure figure, const char *help)
{
	struct metric_family family = family_of(b, name, NULL, help);

	if (figure.known)
		add_sample(&family, NULL, figure.value);
}

static struct figure figure_of(bool known, uint64_t value)
{
	return (struct figure){.known = known, .value = value};
}

static void add_sizes(const struct table *table, const struct judgement *judgement,
		      struct buffer *b)
{
	/* These follow from the kernel's release if the kernel does not show them. */
	bool release_known = table->facts.release[0] > 0;
	enum counter failures = COUNTER_CHAIN_TOO_LONG;
	bool limited = judgement->chains.low > 0 &&
		       (release_known || table->counters.known[failures]);

	add_figure(b, "module_loaded", figure_of(true, module_is_there(table->module)),
		   "Whether nf_conntrack is loaded or built in.");
	add_figure(b, "buckets", table->buckets, "Buckets of the table.");
	add_figure(b, "expectation_buckets", table->expect_buckets,
		   "Buckets of the table of expectations.");
	add_figure(b, "expectations_limit", table->expect_max,
		   "Most expectations that a network namespace may have.");
	add_figure(b, "chain_failures_total",
		   figure_of(table->counters.known[failures], table->counters.value[failures]),
		   "Entries refused as the chain of their bucket was too long.");
	add_figure(b, "chain_limit_low", figure_of(limited, judgement->chains.low),
		   "Length of a chain from which on the kernel may refuse an entry.");
	add_figure(b, "chain_limit_high", figure_of(limited, judgement->chains.high),
		   "Length of a chain from which on the kernel refuses every entry.");
	add_figure(b, "chain_limit_entries", judgement->chain_entries,
		   "Entries from which on chains may be too long, whatever max is.");
	add_figure(b, "entry_bytes",
		   figure_of(judgement->entry_bytes > 0 &&
				     (judgement->entry_bytes_measured || release_known),
			     judgement->entry_bytes),
		   "Memory that an entry takes.");
	add_figure(b, "memory_bytes", judgement->memory_now,
		   "Memory that the table takes now, buckets and entries.");
	add_figure(b, "memory_full_bytes", judgement->memory_full,
		   "Memory that the table takes when it is full.");
}

/* Adds tenths of a percent as a share of 1. */
static void add_ratio(struct buffer *b, const char *name, struct figure share, const char *help)
{
	struct metric_family family = family_of(b, name, NULL, help);

	if (!share.known)
		return;
	begin_sample(&family, NULL);
	buffer_printf(b, "%" PRIu64 ".%03u\n", share.value / 1000,
		      (unsigned int)(share.value % 1000));
}

/*
 * Returns whether the text is a number, which the kernel shows with a sign for some keys. A value
 * that could not be read is "".
 */
static bool is_number(const char *text)
{
	uint64_t number;

	text += *text == '-';
	return text_parse_number(text, strlen(text), UINT64_MAX, &number) == 0;
}

static void add_values(const struct table *table, const struct values *values, struct buffer *b)
{
	struct metric_family configured = family_of(b, "configured", "key",
						    "Value that the configuration asks for, as "
						    "the kernel rounds it.");
	struct metric_family live =
		family_of(b, "live", "key", "Value that the running kernel has.");
	struct metric_family states =
		family_of(b, "values", "state",
			  "Configured values by how they compare with the kernel's; "
			  "differs is drift.");

	if (!table->values.known)
		return;
	for (size_t i = 0; i < values->count; i++)
		add_sample(&configured, values->items[i].key, values->items[i].rounded);
	for (size_t i = 0; i < values->count; i++) {
		const struct value *value = &values->items[i];

		if (!is_number(value->live))
			continue;
		begin_sample(&live, value->key);
		buffer_printf(b, "%s\n", value->live);
	}
	for (enum value_state state = VALUE_OK; state <= VALUE_UNREADABLE; state++)
		/* The count includes a module that is loaded although the mode is disable. */
		add_sample(&states, value_state_to_string(state),
			   state == VALUE_DIFFERS ? table->values.differs
						  : values_count(values, state));
	add_figure(b, "files_differ", figure_of(true, table->values.files_differ),
		   "Whether the installed files are others than the configuration asks for.");
}

/*
 * Adds what was lost. node exporter has these counters only if the kernel shows them in /proc,
 * which Ubuntu's kernels do not.
 */
static void add_losses(const struct counters *counters, struct buffer *b)
{
	static const enum counter lost[] = {COUNTER_DROP, COUNTER_EARLY_DROP,
					    COUNTER_INSERT_FAILED};
	struct metric_family losses =
		family_of(b, "losses_total", "counter",
			  "Packets and entries lost since nf_conntrack was loaded, by the kernel's "
			  "counter.");

	for (size_t i = 0; i < ARRAY_SIZE(lost); i++)
		if (counters->known[lost[i]])
			add_sample(&losses, counter_to_string(lost[i]), counters->value[lost[i]]);
}

/*
 * Adds the messages as a gauge, because the number of stored messages falls when older ones are
 * lost, which would look like the restart of a counter.
 */
static void add_messages(const struct full_messages *messages, struct buffer *b)
{
	struct metric_family last = family_of(b, "last_full_message_timestamp_seconds", NULL,
					      "When the kernel last said that the table is full.");
	bool all = messages->known && messages->since_boot;

	add_figure(b, "full_messages_total", figure_of(all, messages->count),
		   "Messages of the kernel since boot that the table is full, 10 in 5 s at most.");
	add_figure(b, "expectation_full_messages_total", figure_of(all, messages->expectations),
		   "Messages of the kernel since boot that the table of expectations is full.");
	if (!messages->known || messages->last == 0)
		return;
	begin_sample(&last, NULL);
	buffer_printf(b, "%" PRIu64 ".%06u\n", messages->last / US_PER_S,
		      (unsigned int)(messages->last % US_PER_S));
}

static void add_contents(const struct entry_counts *contents, struct buffer *b)
{
	struct metric_family protocols =
		family_of(b, "protocol_entries", "protocol",
			  "Entries by protocol, other protocols by number.");
	struct metric_family states =
		family_of(b, "tcp_entries", "state", "Entries of TCP by the state of tracking.");

	for (unsigned int protocol = 0; protocol < ARRAY_SIZE(contents->by_protocol); protocol++) {
		const char *name = protocol_to_string((uint8_t)protocol);
		struct buffer CLEANUP(buffer_clear) number = {0};

		if (!name && contents->by_protocol[protocol] == 0)
			continue;
		buffer_printf(&number, "%u", protocol);
		if (name || number.data)
			add_sample(&protocols, name ? name : number.data,
				   contents->by_protocol[protocol]);
	}
	for (enum tcp_state state = TCP_STATE_NONE; state < TCP_STATES; state++)
		add_sample(&states, tcp_state_to_string(state), contents->by_state[state]);
}

/* Adds a rate with three digits behind the point. */
static void add_rate(struct buffer *b, const char *name, double rate, const char *help)
{
	struct metric_family family = family_of(b, name, NULL, help);

	begin_sample(&family, NULL);
	buffer_printf(b, "%.3f\n", rate);
}

static void add_turnover(const struct turnover *turnover, struct buffer *b)
{
	if (!turnover->known)
		return;
	add_rate(b, "entries_in_per_second", turnover->in.rate,
		 "Entries a second that came since the last look and are still there.");
	add_rate(b, "entries_out_per_second", turnover->out.rate,
		 "Entries a second that were there at the last look and went since.");
}

/*
 * Returns whether an earlier namespace has the same name, because the collector refuses a whole
 * file for two samples with one name.
 */
static bool was_named(const struct table *table, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (table->namespaces[i].error == 0 && table->namespaces[i].entries.known &&
		    strcmp(table->namespaces[i].where, table->namespaces[index].where) == 0)
			return true;
	return false;
}

static struct figure namespace_entries(const struct table *table,
				       const struct namespace_table *namespace)
{
	(void)table;
	return namespace->entries;
}

static void
add_of_namespaces(const struct table *table, struct metric_family family,
		  struct figure (*figure_of_one)(const struct table *table,
						 const struct namespace_table *namespace))
{
	static const char word[] = "namespace ";

	for (size_t i = 0; table->namespaces_known && i < table->namespace_count; i++) {
		const struct namespace_table *namespace = &table->namespaces[i];
		struct figure figure = figure_of_one(table, namespace);
		const char *name = namespace->where;

		if (namespace->error < 0 || !namespace->entries.known || !figure.known ||
		    was_named(table, i))
			continue;
		if (text_starts_with(name, word))
			name += strlen(word);
		add_sample(&family, name, figure.value);
	}
}

/* The label says whether the other namespaces are configured at all, so that an alert can ask. */
static void add_differing(const struct table *table, const struct judgement *judgement,
			  struct buffer *b)
{
	struct metric_family differing =
		family_of(b, "namespaces_differing", "scope",
			  "Other network namespaces with a value that is not as configured.");

	if (table->values.known && table->namespaces_known && module_is_there(table->module))
		add_sample(&differing, table->values.all_namespaces ? "all" : "host",
			   judgement->unlike);
}

static void add_namespaces(const struct table *table, const struct judgement *judgement,
			   struct buffer *b)
{
	add_of_namespaces(table,
			  family_of(b, "namespace_entries", "namespace",
				    "Entries of the other network namespaces."),
			  namespace_entries);
	add_of_namespaces(table,
			  family_of(b, "namespace_entries_limit", "namespace",
				    "Most entries that the namespace may hold."),
			  table_namespace_limit);
	add_differing(table, judgement, b);
	add_figure(b, "namespaces_unseen",
		   figure_of(module_is_there(table->module), judgement->unsure),
		   "Whether network namespaces could not be looked at.");
}

/* The most owners that become a series each. */
#define OWNERS_LISTED 10

/*
 * Adds the largest owners. Addresses are no label, because each new one would begin a series of its
 * own.
 */
static void add_holders(const struct holders *holders, struct buffer *b)
{
	struct metric_family owners =
		family_of(b, "owner_entries", "owner",
			  "Entries by their owner on this host, the ten largest owners.");
	size_t items[OWNERS_LISTED], count = holders_top_owners(holders, items, OWNERS_LISTED);

	for (size_t i = 0; i < count; i++) {
		const struct owner *owner = &holders->owners.items[items[i]];
		struct buffer CLEANUP(buffer_clear) name = {0};

		/* The name as it is, because two names must not become one label. */
		buffer_printf(&name, "%s%s%s", owner_kind_to_string(owner->kind),
			      owner->name[0] ? " " : "", owner->name);
		if (name.data)
			add_sample(&owners, name.data, owner->entries);
	}
	add_figure(b, "unowned_entries", figure_of(true, holders->foreign),
		   "Entries of which no owner on this host is known, such as forwarded ones.");
}

/* Writes of which no record was read may be of any key, so that they are no part of the counts. */
static void add_foreign_writes(const struct foreign_writes *foreign, struct buffer *b)
{
	struct metric_family writes =
		family_of(b, "foreign_writes_total", "key",
			  "Writes since boot of another value than the configured one, as the "
			  "witness recorded.");

	for (size_t i = 0; i < foreign->key_count; i++)
		add_sample(&writes, foreign->keys[i].key, foreign->keys[i].count);
	add_figure(b, "witness_lost_total", figure_of(true, foreign->lost),
		   "Writes of conntrack keys since boot whose record was overwritten too soon.");
}

void render_metrics(const struct table *table, const struct judgement *judgement,
		    const struct values *values, struct buffer *b)
{
	struct metric_family verdicts = family_of(
		b, "verdict", "verdict", "What follows from the figures: 1 for one of these.");

	add_sizes(table, judgement, b);
	add_ratio(b, "memory_full_ratio", judgement->memory_full_share,
		  "Memory that the table takes when it is full, of all memory.");
	add_values(table, values, b);
	if (table->foreign)
		add_foreign_writes(table->foreign, b);
	add_losses(&table->counters, b);
	add_messages(&table->messages, b);
	add_turnover(&table->turnover, b);
	if (table->contents)
		add_contents(table->contents, b);
	if (table->contents && table->holders)
		add_holders(table->holders, b);
	add_namespaces(table, judgement, b);
	for (enum verdict verdict = VERDICT_NOT_LOADED; verdict <= VERDICT_FINE; verdict++)
		add_sample(&verdicts, verdict_to_string(verdict), verdict == judgement->verdict);
}

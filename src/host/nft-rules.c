/* The nft rules of this process's network namespace, by libnftables. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/nft-rules.h"

#include <errno.h>
#include <string.h>

#ifdef HAVE_NFTABLES
#include <nftables/libnftables.h>

#include "host/library.h"

struct nft_calls {
	typeof(nft_ctx_new) *nft_ctx_new;
	typeof(nft_ctx_free) *nft_ctx_free;
	typeof(nft_ctx_output_set_flags) *nft_ctx_output_set_flags;
	typeof(nft_ctx_buffer_output) *nft_ctx_buffer_output;
	typeof(nft_ctx_buffer_error) *nft_ctx_buffer_error;
	typeof(nft_ctx_get_output_buffer) *nft_ctx_get_output_buffer;
	typeof(nft_run_cmd_from_buffer) *nft_run_cmd_from_buffer;
};

int nft_rules_read(char **ret)
{
	struct nft_calls calls = {0};
	const struct library_symbol symbols[] = {
		LIBRARY_SYMBOL(&calls, nft_ctx_new),
		LIBRARY_SYMBOL(&calls, nft_ctx_free),
		LIBRARY_SYMBOL(&calls, nft_ctx_output_set_flags),
		LIBRARY_SYMBOL(&calls, nft_ctx_buffer_output),
		LIBRARY_SYMBOL(&calls, nft_ctx_buffer_error),
		LIBRARY_SYMBOL(&calls, nft_ctx_get_output_buffer),
		LIBRARY_SYMBOL(&calls, nft_run_cmd_from_buffer),
	};
	int error = library_load("libnftables.so.1", symbols, ARRAY_SIZE(symbols));
	struct nft_ctx *context;
	char *text;

	if (error < 0)
		return error;
	/* Its socket belongs to the namespace that the process is in now. */
	context = calls.nft_ctx_new(NFT_CTX_DEFAULT);
	if (!context)
		return -ENOMEM;
	calls.nft_ctx_output_set_flags(context, NFT_CTX_OUTPUT_JSON | NFT_CTX_OUTPUT_TERSE);
	if (calls.nft_ctx_buffer_output(context) != 0 || calls.nft_ctx_buffer_error(context) != 0 ||
	    calls.nft_run_cmd_from_buffer(context, "list ruleset") != 0) {
		calls.nft_ctx_free(context);
		return -EIO;
	}
	text = strdup(calls.nft_ctx_get_output_buffer(context));
	calls.nft_ctx_free(context);
	if (!text)
		return -ENOMEM;
	*ret = text;
	return 0;
}

#else

int nft_rules_read(char **ret)
{
	(void)ret;
	return -ELIBACC;
}

#endif

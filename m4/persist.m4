# The project's own macros for configure.ac: what is missing, folders, probed flags.

# PERSIST_MISSING(WHAT, DEBIAN PACKAGE, FEDORA PACKAGE): remembers one thing that is not there.
AC_DEFUN([PERSIST_MISSING], [missing="$missing
    $1: package $2 on Debian, $3 on Fedora"])

# PERSIST_LIBRARY(PREFIX, MODULE [>= VERSION], DEBIAN PACKAGE, FEDORA PACKAGE): a library that must be there. The version is
# the one that brought the newest call in use; the line above names that call.
AC_DEFUN([PERSIST_LIBRARY],
	[PKG_CHECK_MODULES([$1], [$2], [PERSIST_RECORD([$2])], [PERSIST_MISSING([$2], [$3], [$4])])])

# PERSIST_RECORD(MODULE [>= VERSION]): adds the module with the version that is there to the bill of materials, SBOM_LIBRARIES.
AC_DEFUN([PERSIST_RECORD],
	[persist_version=`$PKG_CONFIG --modversion m4_bpatsubst([$1], [ .*]) 2>/dev/null`
	SBOM_LIBRARIES="$SBOM_LIBRARIES m4_bpatsubst([$1], [ .*])=${persist_version:-NOASSERTION}"])

# PERSIST_TIME64: gives time_t 64 bits where the C library offers a choice (glibc 2.34 and later on 32-bit machines), so that
# dates after January 2038 are right. Sets persist_cv_time64 for the summary; AC_SYS_LARGEFILE must come first, because glibc asks for both.
AC_DEFUN([PERSIST_TIME64],
	[AC_CACHE_CHECK([whether time_t has 64 bits], [persist_cv_time64],
		[m4_define([persist_wide_time], [[_Static_assert(sizeof(time_t) >= 8, "");]])
		AC_COMPILE_IFELSE([AC_LANG_SOURCE([[#include <time.h>
			]persist_wide_time])], [persist_cv_time64=yes],
			[AC_COMPILE_IFELSE([AC_LANG_SOURCE([[#define _TIME_BITS 64
				#include <time.h>
				]persist_wide_time])],
				[persist_cv_time64="yes (_TIME_BITS)"],
				[persist_cv_time64="no, dates after 2038 are wrong"])])])
	AS_IF([test "$persist_cv_time64" = "yes (_TIME_BITS)"],
		[AC_DEFINE([_TIME_BITS], [64], [64 bits for time_t, together with _FILE_OFFSET_BITS])])])

# PERSIST_EXPAND(VARIABLE): the path in VARIABLE with each ${prefix} and the like put in, as make does, goes to whole_VARIABLE.
AC_DEFUN([PERSIST_EXPAND],
	[persist_path=$$1
	while :; do
		AS_CASE([$persist_path], [*'${'*], [eval "persist_path=\"$persist_path\""], [break])
	done
	AS_VAR_COPY([whole_$1], [persist_path])])

# PERSIST_FOLDER(NAME, FOR WHAT, MODULE, TAIL, [VARIABLE = NAME]): --with-NAME=DIR; else what the .pc file
# says, if its prefix is ours; else the same place below our prefix, so that an unprivileged prefix stays one.
AC_DEFUN([PERSIST_FOLDER],
	[AC_ARG_WITH([$1], [AS_HELP_STRING([--with-$1=DIR], [folder for $2])],
		[AS_CASE([$withval],
			[/* | '${'*], [$1=$withval],
			[AC_MSG_ERROR([--with-$1 wants an absolute path])])],
		[persist_theirs=`$PKG_CONFIG --variable=m4_default([$5], [$1]) $3 2>/dev/null`
		persist_prefix=`$PKG_CONFIG --variable=prefix $3 2>/dev/null`
		AS_IF([test -n "$persist_theirs" && test "x$prefix" = "x$persist_prefix"],
			[$1=$persist_theirs],
			[$1='${prefix}/$4'])])
	AC_SUBST([$1])])

# PERSIST_COMPILER_FLAGS(VARIABLE, FLAGS): adds each flag that the compiler takes without a word.
AC_DEFUN([PERSIST_COMPILER_FLAGS],
	[m4_foreach_w([persist_flag], [$2], [PERSIST_FLAG([$1], m4_defn([persist_flag]), [compiler], [AC_COMPILE_IFELSE])])
	AC_SUBST([$1])])

# PERSIST_LINKER_FLAGS(VARIABLE, FLAGS): adds each flag that works when linking.
AC_DEFUN([PERSIST_LINKER_FLAGS],
	[m4_foreach_w([persist_flag], [$2], [PERSIST_FLAG([$1], m4_defn([persist_flag]), [linker], [AC_LINK_IFELSE])])
	AC_SUBST([$1])])

# PERSIST_FLAG(VARIABLE, FLAG, WHO, PROBE): the one probe behind both.
AC_DEFUN([PERSIST_FLAG],
	[AS_VAR_PUSHDEF([cached], [persist_cv_$3_$2])
	AC_CACHE_CHECK([whether the $3 takes $2], [cached],
		[persist_saved=$CFLAGS
		CFLAGS="$CFLAGS -Werror $HARDENING_CFLAGS $2"
		$4([AC_LANG_PROGRAM([[#include <stdio.h>]], [[puts("")]])],
			[AS_VAR_SET([cached], [yes])], [AS_VAR_SET([cached], [no])])
		CFLAGS=$persist_saved])
	AS_VAR_IF([cached], [yes], [$1="$$1 $2"])
	AS_VAR_POPDEF([cached])])

# PERSIST_VARIANT(NAME, FLAG FOR COMPILING AND LINKING, MORE FOR COMPILING, NEEDS): tried before it is taken.
AC_DEFUN([PERSIST_VARIANT],
	[AC_MSG_CHECKING([whether --enable-$1 works here])
	persist_saved=$CFLAGS
	CFLAGS="$CFLAGS $2 $3"
	AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <stdio.h>]], [[puts("")]])],
		[AC_MSG_RESULT([yes])],
		[AC_MSG_RESULT([no])
		AC_MSG_ERROR([--enable-$1: $CC cannot link with $2 (needs $4)])])
	CFLAGS=$persist_saved
	VARIANT_CFLAGS="$VARIANT_CFLAGS $2 $3"
	VARIANT_LDFLAGS="$VARIANT_LDFLAGS $2"])

// SPDX-License-Identifier: Apache-2.0
#include "CBuild.h"

const char *tern_build_revision(void) { return TERN_REVISION; }

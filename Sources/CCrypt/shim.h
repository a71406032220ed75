// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <crypt.h>
#include <stdlib.h>
#include <string.h>

/// Whether a password is the one that a hash was made of. Takes as long as the hash's cost wants. 0 where memory is short, too.
static inline int tern_password_matches(const char *password, const char *hash) {
    struct crypt_data *data = calloc(1, sizeof *data);
    if (!data) return 0;
    const char *made = crypt_r(password, hash, data);
    size_t count = strlen(hash);
    unsigned char differs = !made || strlen(made) != count;
    for (size_t i = 0; !differs && i < count; i++) differs |= (unsigned char)(made[i] ^ hash[i]);
    explicit_bzero(data, sizeof *data);
    free(data);
    return !differs;
}

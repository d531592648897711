package column

import "github.com/zeebo/xxh3"

// Digest stands for a string by 128 bits (XXH3). Equal strings have equal digests, and different strings different ones unless somebody
// makes them collide on purpose. The zero Digest is that of no string: it marks a row without a value. The empty string has one like any
// other.
type Digest struct{ Hi, Lo uint64 }

// DigestOf returns the digest of a string.
func DigestOf(text string) Digest { return digest(xxh3.HashString128(text)) }

// DigestOfBytes returns the digest of the string with these bytes.
func DigestOfBytes(text []byte) Digest { return digest(xxh3.Hash128(text)) }

func digest(h xxh3.Uint128) Digest {
	if h.Hi|h.Lo == 0 {
		h.Lo = 1
	}
	return Digest{h.Hi, h.Lo}
}

//go:build !unix

package verify

const nonBlocking = 0

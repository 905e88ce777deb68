// Package homeless is planted: it names no floor.
package homeless

#ifndef PARLEY_ANKERL_UNORDERED_DENSE_H
#define PARLEY_ANKERL_UNORDERED_DENSE_H

// Debian does not package ankerl::unordered_dense, and the worker uses no more of it than the interface
// which it shares with the standard library's containers.

#include <functional>
#include <unordered_map>
#include <unordered_set>

namespace ankerl::unordered_dense
{
	using std::hash;

	template<typename Key, typename Value, typename Hash = std::hash<Key>, typename Equal = std::equal_to<Key>>
	using map = std::unordered_map<Key, Value, Hash, Equal>;

	template<typename Key, typename Hash = std::hash<Key>, typename Equal = std::equal_to<Key>>
	using set = std::unordered_set<Key, Hash, Equal>;
} // namespace ankerl::unordered_dense

#endif

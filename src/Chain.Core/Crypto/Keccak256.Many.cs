using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Chain.Core.Primitives;

namespace Chain.Core.Crypto;

// Eight independent messages at a time, one in each 64-bit element of AVX-512 registers: a permutation of eight states takes about 415 ns on
// a Zen 4 where one permutation of one state takes about 212. One message over five registers took 365 and is not here.
public static partial class Keccak256
{
    private const int Ways = 8;

    // With fewer messages the scalar permutation is as fast.
    private const int ManyCountMin = 3;

    private const byte Xor3 = 0x96;
    private const byte Chi = 0xd2;

    /// <summary>
    /// Hashes many messages that lie one after another in a buffer: message i ends before <paramref name="ends"/>[i] and starts at the end of
    /// the one before. Hash i is of message i. Any mix of lengths; it wins from a few messages on, on processors with AVX-512.
    /// </summary>
    /// <exception cref="ArgumentException">Ends that decrease or lie outside the buffer, or fewer hashes than messages.</exception>
    public static void HashMany(ReadOnlySpan<byte> buffer, ReadOnlySpan<int> ends, Span<Hash256> hashes)
    {
        if (hashes.Length < ends.Length) throw new ArgumentException($"{ends.Length} messages need as many hashes, not {hashes.Length}.", nameof(hashes));
        int start = 0;
        foreach (int end in ends)
        {
            if (end < start || end > buffer.Length)
                throw new ArgumentException($"A message from {start} to {end} is not inside the {buffer.Length} bytes.", nameof(ends));
            start = end;
        }
        if (Avx512F.IsSupported && ends.Length >= ManyCountMin) HashManyWide(buffer, ends, hashes);
        else HashManyScalar(buffer, ends, hashes);
    }

    /// <summary>Twin of the wide form.</summary>
    internal static void HashManyScalar(ReadOnlySpan<byte> buffer, ReadOnlySpan<int> ends, Span<Hash256> hashes)
    {
        int start = 0;
        for (int i = 0; i < ends.Length; i++)
        {
            hashes[i] = Hash(buffer[start..ends[i]]);
            start = ends[i];
        }
    }

    // A way that finishes its message takes the next one at once, so that long and short messages mix without idle ways.
    [SkipLocalsInit]
    private static unsafe void HashManyWide(ReadOnlySpan<byte> buffer, ReadOnlySpan<int> ends, Span<Hash256> hashes)
    {
        // Safe: word (lane, way) is at lane * 8 + way, below the 200 words after the rounding up to 64 bytes.
        byte* raw = stackalloc byte[(Lanes + 1) * Vector512<byte>.Count];
        Vector512<ulong>* state = (Vector512<ulong>*)(((nuint)raw + 63) & ~(nuint)63);
        ulong* words = (ulong*)state;
        int* message = stackalloc int[Ways];
        int* position = stackalloc int[Ways];
        new Span<ulong>(words, Lanes * Ways).Clear();

        int next = 0;
        int active = 0;
        for (int way = 0; way < Ways; way++)
        {
            message[way] = next < ends.Length ? next++ : -1;
            if (message[way] < 0) continue;
            position[way] = way == 0 ? 0 : ends[way - 1];
            active++;
        }
        int finished = 0;
        while (active > 0)
        {
            for (int way = 0; way < Ways; way++)
            {
                if (message[way] < 0) continue;
                int end = ends[message[way]];
                ReadOnlySpan<byte> rest = buffer[position[way]..end];
                if (rest.Length >= RateBytes)
                {
                    for (int i = 0; i < RateLanes; i++) words[i * Ways + way] ^= BinaryPrimitives.ReadUInt64LittleEndian(rest[(i * sizeof(ulong))..]);
                    position[way] += RateBytes;
                }
                else
                {
                    PadLast(words + way, Ways, rest);
                    finished |= 1 << way;
                }
            }
            PermuteWide(state);
            for (; finished != 0; finished &= finished - 1)
            {
                int way = int.TrailingZeroCount(finished);
                ulong* word = words + way;
                hashes[message[way]] = Unsafe.BitCast<Vector256<ulong>, Hash256>(Vector256.Create(word[0], word[Ways], word[2 * Ways], word[3 * Ways]));
                if (next == ends.Length)
                {
                    message[way] = -1;
                    active--;
                    continue;
                }
                position[way] = ends[next - 1];
                message[way] = next++;
                for (int lane = 0; lane < Lanes; lane++) word[lane * Ways] = 0;
            }
        }
    }

    /// <summary>Permutes eight states; element w of vector i is lane i of state w.</summary>
    private static unsafe void PermuteWide(Vector512<ulong>* s)
    {
        Vector512<ulong> aba = s[0], abe = s[1], abi = s[2], abo = s[3], abu = s[4];
        Vector512<ulong> aga = s[5], age = s[6], agi = s[7], ago = s[8], agu = s[9];
        Vector512<ulong> aka = s[10], ake = s[11], aki = s[12], ako = s[13], aku = s[14];
        Vector512<ulong> ama = s[15], ame = s[16], ami = s[17], amo = s[18], amu = s[19];
        Vector512<ulong> asa = s[20], ase = s[21], asi = s[22], aso = s[23], asu = s[24];
        Vector512<ulong> eba, ebe, ebi, ebo, ebu;
        Vector512<ulong> ega, ege, egi, ego, egu;
        Vector512<ulong> eka, eke, eki, eko, eku;
        Vector512<ulong> ema, eme, emi, emo, emu;
        Vector512<ulong> esa, ese, esi, eso, esu;
        Vector512<ulong> ca, ce, ci, co, cu;
        Vector512<ulong> ta, te, ti, to, tu;
        Vector512<ulong> ba, be, bi, bo, bu;
        for (int round = 0; round < Rounds; round += 2)
        {
            ca = Avx512F.TernaryLogic(Avx512F.TernaryLogic(aba, aga, aka, Xor3), ama, asa, Xor3);
            ce = Avx512F.TernaryLogic(Avx512F.TernaryLogic(abe, age, ake, Xor3), ame, ase, Xor3);
            ci = Avx512F.TernaryLogic(Avx512F.TernaryLogic(abi, agi, aki, Xor3), ami, asi, Xor3);
            co = Avx512F.TernaryLogic(Avx512F.TernaryLogic(abo, ago, ako, Xor3), amo, aso, Xor3);
            cu = Avx512F.TernaryLogic(Avx512F.TernaryLogic(abu, agu, aku, Xor3), amu, asu, Xor3);
            ta = cu ^ Avx512F.RotateLeft(ce, 1);
            te = ca ^ Avx512F.RotateLeft(ci, 1);
            ti = ce ^ Avx512F.RotateLeft(co, 1);
            to = ci ^ Avx512F.RotateLeft(cu, 1);
            tu = co ^ Avx512F.RotateLeft(ca, 1);
            ba = aba ^ ta;
            be = Avx512F.RotateLeft(age ^ te, 44);
            bi = Avx512F.RotateLeft(aki ^ ti, 43);
            bo = Avx512F.RotateLeft(amo ^ to, 21);
            bu = Avx512F.RotateLeft(asu ^ tu, 14);
            eba = Avx512F.TernaryLogic(ba, be, bi, Chi) ^ Vector512.Create(RoundConstant(round));
            ebe = Avx512F.TernaryLogic(be, bi, bo, Chi);
            ebi = Avx512F.TernaryLogic(bi, bo, bu, Chi);
            ebo = Avx512F.TernaryLogic(bo, bu, ba, Chi);
            ebu = Avx512F.TernaryLogic(bu, ba, be, Chi);
            ba = Avx512F.RotateLeft(abo ^ to, 28);
            be = Avx512F.RotateLeft(agu ^ tu, 20);
            bi = Avx512F.RotateLeft(aka ^ ta, 3);
            bo = Avx512F.RotateLeft(ame ^ te, 45);
            bu = Avx512F.RotateLeft(asi ^ ti, 61);
            ega = Avx512F.TernaryLogic(ba, be, bi, Chi);
            ege = Avx512F.TernaryLogic(be, bi, bo, Chi);
            egi = Avx512F.TernaryLogic(bi, bo, bu, Chi);
            ego = Avx512F.TernaryLogic(bo, bu, ba, Chi);
            egu = Avx512F.TernaryLogic(bu, ba, be, Chi);
            ba = Avx512F.RotateLeft(abe ^ te, 1);
            be = Avx512F.RotateLeft(agi ^ ti, 6);
            bi = Avx512F.RotateLeft(ako ^ to, 25);
            bo = Avx512F.RotateLeft(amu ^ tu, 8);
            bu = Avx512F.RotateLeft(asa ^ ta, 18);
            eka = Avx512F.TernaryLogic(ba, be, bi, Chi);
            eke = Avx512F.TernaryLogic(be, bi, bo, Chi);
            eki = Avx512F.TernaryLogic(bi, bo, bu, Chi);
            eko = Avx512F.TernaryLogic(bo, bu, ba, Chi);
            eku = Avx512F.TernaryLogic(bu, ba, be, Chi);
            ba = Avx512F.RotateLeft(abu ^ tu, 27);
            be = Avx512F.RotateLeft(aga ^ ta, 36);
            bi = Avx512F.RotateLeft(ake ^ te, 10);
            bo = Avx512F.RotateLeft(ami ^ ti, 15);
            bu = Avx512F.RotateLeft(aso ^ to, 56);
            ema = Avx512F.TernaryLogic(ba, be, bi, Chi);
            eme = Avx512F.TernaryLogic(be, bi, bo, Chi);
            emi = Avx512F.TernaryLogic(bi, bo, bu, Chi);
            emo = Avx512F.TernaryLogic(bo, bu, ba, Chi);
            emu = Avx512F.TernaryLogic(bu, ba, be, Chi);
            ba = Avx512F.RotateLeft(abi ^ ti, 62);
            be = Avx512F.RotateLeft(ago ^ to, 55);
            bi = Avx512F.RotateLeft(aku ^ tu, 39);
            bo = Avx512F.RotateLeft(ama ^ ta, 41);
            bu = Avx512F.RotateLeft(ase ^ te, 2);
            esa = Avx512F.TernaryLogic(ba, be, bi, Chi);
            ese = Avx512F.TernaryLogic(be, bi, bo, Chi);
            esi = Avx512F.TernaryLogic(bi, bo, bu, Chi);
            eso = Avx512F.TernaryLogic(bo, bu, ba, Chi);
            esu = Avx512F.TernaryLogic(bu, ba, be, Chi);
            ca = Avx512F.TernaryLogic(Avx512F.TernaryLogic(eba, ega, eka, Xor3), ema, esa, Xor3);
            ce = Avx512F.TernaryLogic(Avx512F.TernaryLogic(ebe, ege, eke, Xor3), eme, ese, Xor3);
            ci = Avx512F.TernaryLogic(Avx512F.TernaryLogic(ebi, egi, eki, Xor3), emi, esi, Xor3);
            co = Avx512F.TernaryLogic(Avx512F.TernaryLogic(ebo, ego, eko, Xor3), emo, eso, Xor3);
            cu = Avx512F.TernaryLogic(Avx512F.TernaryLogic(ebu, egu, eku, Xor3), emu, esu, Xor3);
            ta = cu ^ Avx512F.RotateLeft(ce, 1);
            te = ca ^ Avx512F.RotateLeft(ci, 1);
            ti = ce ^ Avx512F.RotateLeft(co, 1);
            to = ci ^ Avx512F.RotateLeft(cu, 1);
            tu = co ^ Avx512F.RotateLeft(ca, 1);
            ba = eba ^ ta;
            be = Avx512F.RotateLeft(ege ^ te, 44);
            bi = Avx512F.RotateLeft(eki ^ ti, 43);
            bo = Avx512F.RotateLeft(emo ^ to, 21);
            bu = Avx512F.RotateLeft(esu ^ tu, 14);
            aba = Avx512F.TernaryLogic(ba, be, bi, Chi) ^ Vector512.Create(RoundConstant(round + 1));
            abe = Avx512F.TernaryLogic(be, bi, bo, Chi);
            abi = Avx512F.TernaryLogic(bi, bo, bu, Chi);
            abo = Avx512F.TernaryLogic(bo, bu, ba, Chi);
            abu = Avx512F.TernaryLogic(bu, ba, be, Chi);
            ba = Avx512F.RotateLeft(ebo ^ to, 28);
            be = Avx512F.RotateLeft(egu ^ tu, 20);
            bi = Avx512F.RotateLeft(eka ^ ta, 3);
            bo = Avx512F.RotateLeft(eme ^ te, 45);
            bu = Avx512F.RotateLeft(esi ^ ti, 61);
            aga = Avx512F.TernaryLogic(ba, be, bi, Chi);
            age = Avx512F.TernaryLogic(be, bi, bo, Chi);
            agi = Avx512F.TernaryLogic(bi, bo, bu, Chi);
            ago = Avx512F.TernaryLogic(bo, bu, ba, Chi);
            agu = Avx512F.TernaryLogic(bu, ba, be, Chi);
            ba = Avx512F.RotateLeft(ebe ^ te, 1);
            be = Avx512F.RotateLeft(egi ^ ti, 6);
            bi = Avx512F.RotateLeft(eko ^ to, 25);
            bo = Avx512F.RotateLeft(emu ^ tu, 8);
            bu = Avx512F.RotateLeft(esa ^ ta, 18);
            aka = Avx512F.TernaryLogic(ba, be, bi, Chi);
            ake = Avx512F.TernaryLogic(be, bi, bo, Chi);
            aki = Avx512F.TernaryLogic(bi, bo, bu, Chi);
            ako = Avx512F.TernaryLogic(bo, bu, ba, Chi);
            aku = Avx512F.TernaryLogic(bu, ba, be, Chi);
            ba = Avx512F.RotateLeft(ebu ^ tu, 27);
            be = Avx512F.RotateLeft(ega ^ ta, 36);
            bi = Avx512F.RotateLeft(eke ^ te, 10);
            bo = Avx512F.RotateLeft(emi ^ ti, 15);
            bu = Avx512F.RotateLeft(eso ^ to, 56);
            ama = Avx512F.TernaryLogic(ba, be, bi, Chi);
            ame = Avx512F.TernaryLogic(be, bi, bo, Chi);
            ami = Avx512F.TernaryLogic(bi, bo, bu, Chi);
            amo = Avx512F.TernaryLogic(bo, bu, ba, Chi);
            amu = Avx512F.TernaryLogic(bu, ba, be, Chi);
            ba = Avx512F.RotateLeft(ebi ^ ti, 62);
            be = Avx512F.RotateLeft(ego ^ to, 55);
            bi = Avx512F.RotateLeft(eku ^ tu, 39);
            bo = Avx512F.RotateLeft(ema ^ ta, 41);
            bu = Avx512F.RotateLeft(ese ^ te, 2);
            asa = Avx512F.TernaryLogic(ba, be, bi, Chi);
            ase = Avx512F.TernaryLogic(be, bi, bo, Chi);
            asi = Avx512F.TernaryLogic(bi, bo, bu, Chi);
            aso = Avx512F.TernaryLogic(bo, bu, ba, Chi);
            asu = Avx512F.TernaryLogic(bu, ba, be, Chi);
        }
        s[0] = aba;
        s[1] = abe;
        s[2] = abi;
        s[3] = abo;
        s[4] = abu;
        s[5] = aga;
        s[6] = age;
        s[7] = agi;
        s[8] = ago;
        s[9] = agu;
        s[10] = aka;
        s[11] = ake;
        s[12] = aki;
        s[13] = ako;
        s[14] = aku;
        s[15] = ama;
        s[16] = ame;
        s[17] = ami;
        s[18] = amo;
        s[19] = amu;
        s[20] = asa;
        s[21] = ase;
        s[22] = asi;
        s[23] = aso;
        s[24] = asu;
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Chain.Core.Crypto;

// Keccak-f[1600] (FIPS 202, section 3.3) by lanes: lane (x, y) is named by its row b, g, k, m, s and its column a, e, i, o, u.
// Two rounds a turn alternate between the a and the e lanes, so that no lane is moved.
public static partial class Keccak256
{
    private const int Rounds = 24;

    private static ReadOnlySpan<ulong> RoundConstants =>
    [
        0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b, 0x0000000080000001,
        0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
        0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
        0x000000000000800a, 0x800000008000000a, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    ];

    /// <summary>Permutes the 25 lanes at <paramref name="s"/>.</summary>
    internal static unsafe void PermuteScalar(ulong* s)
    {
        ulong aba = s[0], abe = s[1], abi = s[2], abo = s[3], abu = s[4];
        ulong aga = s[5], age = s[6], agi = s[7], ago = s[8], agu = s[9];
        ulong aka = s[10], ake = s[11], aki = s[12], ako = s[13], aku = s[14];
        ulong ama = s[15], ame = s[16], ami = s[17], amo = s[18], amu = s[19];
        ulong asa = s[20], ase = s[21], asi = s[22], aso = s[23], asu = s[24];
        ulong eba, ebe, ebi, ebo, ebu;
        ulong ega, ege, egi, ego, egu;
        ulong eka, eke, eki, eko, eku;
        ulong ema, eme, emi, emo, emu;
        ulong esa, ese, esi, eso, esu;
        ulong ca, ce, ci, co, cu;
        ulong ta, te, ti, to, tu;
        ulong ba, be, bi, bo, bu;
        for (int round = 0; round < Rounds; round += 2)
        {
            ca = aba ^ aga ^ aka ^ ama ^ asa;
            ce = abe ^ age ^ ake ^ ame ^ ase;
            ci = abi ^ agi ^ aki ^ ami ^ asi;
            co = abo ^ ago ^ ako ^ amo ^ aso;
            cu = abu ^ agu ^ aku ^ amu ^ asu;
            ta = cu ^ BitOperations.RotateLeft(ce, 1);
            te = ca ^ BitOperations.RotateLeft(ci, 1);
            ti = ce ^ BitOperations.RotateLeft(co, 1);
            to = ci ^ BitOperations.RotateLeft(cu, 1);
            tu = co ^ BitOperations.RotateLeft(ca, 1);
            ba = aba ^ ta;
            be = BitOperations.RotateLeft(age ^ te, 44);
            bi = BitOperations.RotateLeft(aki ^ ti, 43);
            bo = BitOperations.RotateLeft(amo ^ to, 21);
            bu = BitOperations.RotateLeft(asu ^ tu, 14);
            eba = ba ^ (~be & bi) ^ RoundConstant(round);
            ebe = be ^ (~bi & bo);
            ebi = bi ^ (~bo & bu);
            ebo = bo ^ (~bu & ba);
            ebu = bu ^ (~ba & be);
            ba = BitOperations.RotateLeft(abo ^ to, 28);
            be = BitOperations.RotateLeft(agu ^ tu, 20);
            bi = BitOperations.RotateLeft(aka ^ ta, 3);
            bo = BitOperations.RotateLeft(ame ^ te, 45);
            bu = BitOperations.RotateLeft(asi ^ ti, 61);
            ega = ba ^ (~be & bi);
            ege = be ^ (~bi & bo);
            egi = bi ^ (~bo & bu);
            ego = bo ^ (~bu & ba);
            egu = bu ^ (~ba & be);
            ba = BitOperations.RotateLeft(abe ^ te, 1);
            be = BitOperations.RotateLeft(agi ^ ti, 6);
            bi = BitOperations.RotateLeft(ako ^ to, 25);
            bo = BitOperations.RotateLeft(amu ^ tu, 8);
            bu = BitOperations.RotateLeft(asa ^ ta, 18);
            eka = ba ^ (~be & bi);
            eke = be ^ (~bi & bo);
            eki = bi ^ (~bo & bu);
            eko = bo ^ (~bu & ba);
            eku = bu ^ (~ba & be);
            ba = BitOperations.RotateLeft(abu ^ tu, 27);
            be = BitOperations.RotateLeft(aga ^ ta, 36);
            bi = BitOperations.RotateLeft(ake ^ te, 10);
            bo = BitOperations.RotateLeft(ami ^ ti, 15);
            bu = BitOperations.RotateLeft(aso ^ to, 56);
            ema = ba ^ (~be & bi);
            eme = be ^ (~bi & bo);
            emi = bi ^ (~bo & bu);
            emo = bo ^ (~bu & ba);
            emu = bu ^ (~ba & be);
            ba = BitOperations.RotateLeft(abi ^ ti, 62);
            be = BitOperations.RotateLeft(ago ^ to, 55);
            bi = BitOperations.RotateLeft(aku ^ tu, 39);
            bo = BitOperations.RotateLeft(ama ^ ta, 41);
            bu = BitOperations.RotateLeft(ase ^ te, 2);
            esa = ba ^ (~be & bi);
            ese = be ^ (~bi & bo);
            esi = bi ^ (~bo & bu);
            eso = bo ^ (~bu & ba);
            esu = bu ^ (~ba & be);
            ca = eba ^ ega ^ eka ^ ema ^ esa;
            ce = ebe ^ ege ^ eke ^ eme ^ ese;
            ci = ebi ^ egi ^ eki ^ emi ^ esi;
            co = ebo ^ ego ^ eko ^ emo ^ eso;
            cu = ebu ^ egu ^ eku ^ emu ^ esu;
            ta = cu ^ BitOperations.RotateLeft(ce, 1);
            te = ca ^ BitOperations.RotateLeft(ci, 1);
            ti = ce ^ BitOperations.RotateLeft(co, 1);
            to = ci ^ BitOperations.RotateLeft(cu, 1);
            tu = co ^ BitOperations.RotateLeft(ca, 1);
            ba = eba ^ ta;
            be = BitOperations.RotateLeft(ege ^ te, 44);
            bi = BitOperations.RotateLeft(eki ^ ti, 43);
            bo = BitOperations.RotateLeft(emo ^ to, 21);
            bu = BitOperations.RotateLeft(esu ^ tu, 14);
            aba = ba ^ (~be & bi) ^ RoundConstant(round + 1);
            abe = be ^ (~bi & bo);
            abi = bi ^ (~bo & bu);
            abo = bo ^ (~bu & ba);
            abu = bu ^ (~ba & be);
            ba = BitOperations.RotateLeft(ebo ^ to, 28);
            be = BitOperations.RotateLeft(egu ^ tu, 20);
            bi = BitOperations.RotateLeft(eka ^ ta, 3);
            bo = BitOperations.RotateLeft(eme ^ te, 45);
            bu = BitOperations.RotateLeft(esi ^ ti, 61);
            aga = ba ^ (~be & bi);
            age = be ^ (~bi & bo);
            agi = bi ^ (~bo & bu);
            ago = bo ^ (~bu & ba);
            agu = bu ^ (~ba & be);
            ba = BitOperations.RotateLeft(ebe ^ te, 1);
            be = BitOperations.RotateLeft(egi ^ ti, 6);
            bi = BitOperations.RotateLeft(eko ^ to, 25);
            bo = BitOperations.RotateLeft(emu ^ tu, 8);
            bu = BitOperations.RotateLeft(esa ^ ta, 18);
            aka = ba ^ (~be & bi);
            ake = be ^ (~bi & bo);
            aki = bi ^ (~bo & bu);
            ako = bo ^ (~bu & ba);
            aku = bu ^ (~ba & be);
            ba = BitOperations.RotateLeft(ebu ^ tu, 27);
            be = BitOperations.RotateLeft(ega ^ ta, 36);
            bi = BitOperations.RotateLeft(eke ^ te, 10);
            bo = BitOperations.RotateLeft(emi ^ ti, 15);
            bu = BitOperations.RotateLeft(eso ^ to, 56);
            ama = ba ^ (~be & bi);
            ame = be ^ (~bi & bo);
            ami = bi ^ (~bo & bu);
            amo = bo ^ (~bu & ba);
            amu = bu ^ (~ba & be);
            ba = BitOperations.RotateLeft(ebi ^ ti, 62);
            be = BitOperations.RotateLeft(ego ^ to, 55);
            bi = BitOperations.RotateLeft(eku ^ tu, 39);
            bo = BitOperations.RotateLeft(ema ^ ta, 41);
            bu = BitOperations.RotateLeft(ese ^ te, 2);
            asa = ba ^ (~be & bi);
            ase = be ^ (~bi & bo);
            asi = bi ^ (~bo & bu);
            aso = bo ^ (~bu & ba);
            asu = bu ^ (~ba & be);
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

    // Safe: the index is a round number below the table's 24 entries.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong RoundConstant(int round) => Unsafe.Add(ref MemoryMarshal.GetReference(RoundConstants), round);
}

using System.Runtime.InteropServices;
using Chain.Core.Crypto;

namespace Chain.Precompiles.Native;

/// <summary>
/// KZG commitments of EIP-4844 and EIP-7594 through c-kzg-4844. The trusted setup is read once, when first needed (about two seconds: every point is checked);
/// <see cref="Load"/> does it ahead. Thread safe: the setup is only read afterwards.
/// </summary>
// Unsafe: spans are checked for the sizes that c-kzg reads before they are pinned; the settings block is allocated once, zeroed,
// larger than KZGSettings, and never freed.
public static unsafe partial class Kzg
{
    /// <summary>Bytes of a commitment or proof.</summary>
    public const int PointBytes = 48;

    /// <summary>Bytes of a field element.</summary>
    public const int FieldElementBytes = 32;

    /// <summary>Bytes of a blob.</summary>
    public const int BlobBytes = 131_072;

    /// <summary>Cells of an extended blob (EIP-7594).</summary>
    public const int CellsPerBlob = 128;

    /// <summary>Bytes of a cell (EIP-7594).</summary>
    public const int CellBytes = 2_048;

    private const string SetupFile = "trusted_setup.txt";
    private const int G1Points = 4_096, G2Points = 65, G1Bytes = 48, G2Bytes = 96, SettingsBytes = 1_024;

    private static readonly Lazy<nint> Settings = new(LoadSettings);

    static Kzg() => NativeLibraries.Register(typeof(Kzg).Assembly);

    /// <summary>Loads the library and the trusted setup now.</summary>
    /// <exception cref="NativeLibraryMissingException">The library or the setup file is not installed.</exception>
    public static void Load() => _ = Settings.Value;

    /// <summary>Whether the polynomial of a commitment has the value y at z; false for malformed input too.</summary>
    /// <exception cref="ArgumentException">A span of the wrong size.</exception>
    public static bool VerifyProof(ReadOnlySpan<byte> commitment, ReadOnlySpan<byte> z, ReadOnlySpan<byte> y, ReadOnlySpan<byte> proof)
    {
        Require(commitment.Length == PointBytes && proof.Length == PointBytes && z.Length == FieldElementBytes && y.Length == FieldElementBytes);
        byte ok = 0;
        fixed (byte* c = commitment, zp = z, yp = y, p = proof) return VerifyProofNative(&ok, c, zp, yp, p, Settings.Value) == 0 && ok != 0;
    }

    /// <summary>Whether all blobs match their commitments by their proofs (EIP-4844 sidecars); false for malformed input too. Each span holds the items one after the other.</summary>
    /// <exception cref="ArgumentException">The spans do not hold equally many whole items.</exception>
    public static bool VerifyBlobProofs(ReadOnlySpan<byte> blobs, ReadOnlySpan<byte> commitments, ReadOnlySpan<byte> proofs)
    {
        int count = blobs.Length / BlobBytes;
        Require(blobs.Length == (long)count * BlobBytes && commitments.Length == count * PointBytes && proofs.Length == count * PointBytes);
        byte ok = 0;
        fixed (byte* b = blobs, c = commitments, p = proofs) return VerifyBlobProofsNative(&ok, b, c, p, (ulong)count, Settings.Value) == 0 && ok != 0;
    }

    /// <summary>
    /// Whether all blobs match their commitments by their cell proofs, <see cref="CellsPerBlob"/> for each (EIP-7594 sidecars); false for malformed input too.
    /// Each span holds the items one after the other. The cells are computed from the blobs.
    /// </summary>
    /// <exception cref="ArgumentException">The spans do not hold equally many whole items.</exception>
    public static bool VerifyBlobCellProofs(ReadOnlySpan<byte> blobs, ReadOnlySpan<byte> commitments, ReadOnlySpan<byte> cellProofs)
    {
        int count = blobs.Length / BlobBytes, cellCount = count * CellsPerBlob;
        Require(blobs.Length == (long)count * BlobBytes && commitments.Length == count * PointBytes && cellProofs.Length == cellCount * PointBytes);
        byte[] cells = new byte[cellCount * CellBytes], commitmentOfCell = new byte[cellCount * PointBytes];
        ulong[] indices = new ulong[cellCount];
        for (int i = 0; i < cellCount; i++)
        {
            indices[i] = (ulong)(i % CellsPerBlob);
            commitments.Slice(i / CellsPerBlob * PointBytes, PointBytes).CopyTo(commitmentOfCell.AsSpan(i * PointBytes));
        }
        byte ok = 0;
        fixed (byte* b = blobs, c = commitmentOfCell, p = cellProofs, cell = cells)
        fixed (ulong* index = indices)
        {
            for (int i = 0; i < count; i++)
                if (ComputeCellsNative(cell + (long)i * CellsPerBlob * CellBytes, null, b + (long)i * BlobBytes, Settings.Value) != 0) return false;
            return VerifyCellProofsNative(&ok, c, index, cell, p, (ulong)cellCount, Settings.Value) == 0 && ok != 0;
        }
    }

    private static void Require(bool sizesMatch)
    {
        if (!sizesMatch) throw new ArgumentException("A KZG argument has the wrong size in bytes.");
    }

    private static nint LoadSettings()
    {
        string path = NativeLibraries.FindFile(SetupFile)
            ?? throw new NativeLibraryMissingException($"The KZG trusted setup {SetupFile} was not found (needed for KZG point evaluation and blobs): install it with 'scripts/native-libs.sh'.");
        using StreamReader reader = new(path);
        if (reader.ReadLine() != $"{G1Points}" || reader.ReadLine() != $"{G2Points}") throw Damaged(path);
        byte[] lagrange = ReadPoints(reader, G1Points, G1Bytes, path);
        byte[] g2 = ReadPoints(reader, G2Points, G2Bytes, path);
        byte[] monomial = ReadPoints(reader, G1Points, G1Bytes, path);
        void* settings = NativeMemory.AllocZeroed(SettingsBytes);
        fixed (byte* m = monomial, l = lagrange, g = g2)
        {
            if (LoadSetupNative(settings, m, (ulong)monomial.Length, l, (ulong)lagrange.Length, g, (ulong)g2.Length, 0) != 0)
            {
                NativeMemory.Free(settings);
                throw Damaged(path);
            }
        }
        return (nint)settings;
    }

    private static byte[] ReadPoints(StreamReader reader, int count, int size, string path)
    {
        byte[] points = new byte[count * size];
        for (int i = 0; i < count; i++)
        {
            string? line = reader.ReadLine();
            if (line?.Length != 2 * size || Convert.FromHexString(line, points.AsSpan(i * size, size), out _, out _) != System.Buffers.OperationStatus.Done)
                throw Damaged(path);
        }
        return points;
    }

    private static InvalidDataException Damaged(string path) => new($"{path} is not the KZG trusted setup: remove it and run 'scripts/native-libs.sh'.");

    [LibraryImport(NativeLibraries.Ckzg, EntryPoint = "load_trusted_setup")]
    private static partial int LoadSetupNative(
        void* settings, byte* g1Monomial, ulong g1MonomialBytes, byte* g1Lagrange, ulong g1LagrangeBytes, byte* g2Monomial, ulong g2MonomialBytes, ulong precompute);

    [LibraryImport(NativeLibraries.Ckzg, EntryPoint = "verify_kzg_proof")]
    private static partial int VerifyProofNative(byte* ok, byte* commitment, byte* z, byte* y, byte* proof, nint settings);

    [LibraryImport(NativeLibraries.Ckzg, EntryPoint = "verify_blob_kzg_proof_batch")]
    private static partial int VerifyBlobProofsNative(byte* ok, byte* blobs, byte* commitments, byte* proofs, ulong count, nint settings);

    [LibraryImport(NativeLibraries.Ckzg, EntryPoint = "compute_cells_and_kzg_proofs")]
    private static partial int ComputeCellsNative(byte* cells, byte* proofs, byte* blob, nint settings);

    [LibraryImport(NativeLibraries.Ckzg, EntryPoint = "verify_cell_kzg_proof_batch")]
    private static partial int VerifyCellProofsNative(byte* ok, byte* commitments, ulong* indices, byte* cells, byte* proofs, ulong count, nint settings);
}

using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace QatPipeline.Cli.Doctor;

/// <summary>The GPU's driver and the first device, asked through the driver's own library.</summary>
internal sealed class CudaCheck : IMachineCheck
{
    private const string Name = "CUDA";
    private const string Driver = "libcuda.so.1";

    public Task<Finding> RunAsync(CancellationToken cancellationToken) => Task.Run(Look, cancellationToken);

    private static Finding Look()
    {
        if (!NativeLibrary.TryLoad(Driver, out _))
        {
            return Missing(
                $"no driver ({Driver})", "install NVIDIA's driver where there is a GPU; without one, everything runs on the CPU");
        }

        var name = new byte[128];
        if (Initialize(0) is not 0 and var code)
        {
            return Missing($"the driver answers with error {code}", "see 'nvidia-smi' for what keeps the driver from working");
        }

        return DriverVersion(out var version) == 0 && DeviceCount(out var count) == 0 && count > 0 && DeviceName(name, name.Length, 0) == 0
            ? Finding.Found(Name, Describe(version, count, name), Finding.Gpu)
            : Missing("the driver knows no device", "see 'nvidia-smi' for the devices it has");
    }

    // 12040 is version 12.4.
    private static string Describe(int version, int count, byte[] name) => string.Create(
        CultureInfo.InvariantCulture,
        $"driver for CUDA {version / 1000}.{version % 1000 / 10}, {count} × {Encoding.UTF8.GetString(name).TrimEnd('\0')}");

    private static Finding Missing(string detail, string remedy) => Finding.Missing(Name, detail, Finding.Gpu, remedy);

    [DllImport(Driver, EntryPoint = "cuInit")]
    private static extern int Initialize(uint flags);

    [DllImport(Driver, EntryPoint = "cuDriverGetVersion")]
    private static extern int DriverVersion(out int version);

    [DllImport(Driver, EntryPoint = "cuDeviceGetCount")]
    private static extern int DeviceCount(out int count);

    [DllImport(Driver, EntryPoint = "cuDeviceGetName")]
    private static extern int DeviceName(byte[] name, int length, int device);
}

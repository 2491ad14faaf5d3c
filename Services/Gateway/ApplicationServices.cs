using System.Text.Json.Serialization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using QatPipeline.Gateway.Faults;
using QatPipeline.Gateway.Runs;
using QatPipeline.Gateway.Web;
using QatPipeline.Reporting;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Json;
using QatPipeline.Runs.Tracking;
using QatPipeline.ServiceDefaults.Security;

namespace QatPipeline.Gateway;

internal static class ApplicationServices
{
    private const long LargestRequest = 1 << 20;

    public static void AddApplicationServices(this IHostApplicationBuilder builder)
    {
        builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = LargestRequest);
        builder.Services.AddSingleton<IRunReport, RunReportFiles>();
        builder.Services.AddSingleton<RunOperations>();
        builder.Services.AddSingleton<RunDetailsReader>();
        builder.Services.AddSingleton<RunListChanges>();
        builder.Services.AddLoginPage(LoginPages.Path);
        builder.Services.AddDataProtection().SetApplicationName("qatpipeline-gateway");
        builder.Services.AddOptions<KeyManagementOptions>().Configure<IBlobStore>((keys, blobs) => keys.XmlRepository = new KeyRing(blobs));
        builder.Services.AddRazorComponents();
        builder.Services.AddGrpc(grpc => grpc.Interceptors.Add<FaultInterceptor>());
        builder.Services.AddOpenApi();
        builder.Services.AddExceptionHandler<GatewayExceptionHandler>();
        builder.Services.AddProblemDetails();
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            foreach (var converter in PipelineJson.Options.Converters)
            {
                json.SerializerOptions.Converters.Add(converter);
            }

            json.SerializerOptions.Encoder = PipelineJson.Options.Encoder;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
    }
}

using QatPipeline.CocoEvaluation.Scoring;
using QatPipeline.Engines;
using QatPipeline.Pipeline.Stages;
using QatPipeline.ServiceDefaults.Datasets;
using QatPipeline.ServiceDefaults.Natives;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(pipeline => pipeline.AddStage<EvaluateStage>());
builder.AddNatives(OrtNative.Component);
builder.AddImageSource();
builder.Services.AddSingleton<GroundTruthCache>();
builder.Services.AddGrpc();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapGrpcService<ScoringService>();
app.Run();
